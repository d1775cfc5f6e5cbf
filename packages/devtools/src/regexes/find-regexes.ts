// Every regular expression of a source file: literals, and `RegExp(…)` where its text stands in the same file.
import ts from 'typescript'

/** A regular expression, or a place where one is built that cannot be read from the source. */
export interface FoundRegex {
  /** Counted from 1. */
  readonly line: number
  /** The pattern; undefined when it is put together at run time. */
  readonly source: string | undefined
  readonly flags: string
  /** The `regex-bounded:` comment on its line or right above it. */
  readonly mark: Mark | undefined
}

/** A comment that says why an expression need not be linear: what it sees is short. */
export interface Mark {
  readonly line: number
  readonly reason: string
}

export interface FoundRegexes {
  readonly regexes: readonly FoundRegex[]
  readonly marks: readonly Mark[]
}

const marker = 'regex-bounded:'

/** Reads the TypeScript `text`; does not say whether an expression is any good. */
export function findRegexes(path: string, text: string): FoundRegexes {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const marks = marksOf(text)
  const constants = constantsOf(file)
  const regexes: FoundRegex[] = []
  const visit = (node: ts.Node): void => {
    const pattern = patternOf(node, constants)
    if (pattern) {
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1
      regexes.push({ ...pattern, line, mark: marks.get(line) })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { regexes, marks: [...new Set(marks.values())] }
}

function patternOf(
  node: ts.Node,
  constants: ReadonlyMap<string, ts.Expression>,
): Pick<FoundRegex, 'source' | 'flags'> | undefined {
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/')
    return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) }
  }
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return undefined
  if (!ts.isIdentifier(node.expression) || node.expression.text !== 'RegExp') return undefined
  const [first, second] = node.arguments ?? []
  const pattern = first && followed(first, constants)
  // A copy of an expression that is judged where it stands; other flags make it no slower.
  if (pattern && ts.isRegularExpressionLiteral(pattern)) return undefined
  const flags = second ? textOf(second, constants) : ''
  const source = pattern && flags !== undefined ? textOf(pattern, constants) : undefined
  return { source, flags: flags ?? '' }
}

/** A string literal, a template whose holes are such texts, or the name of a constant that is one. */
function textOf(node: ts.Expression, constants: ReadonlyMap<string, ts.Expression>): string | undefined {
  const text = followed(node, constants)
  if (!text || ts.isStringLiteralLike(text)) return text?.text
  if (ts.isTaggedTemplateExpression(text)) {
    return text.tag.getText() === 'String.raw' ? filled(text.template, rawText, constants) : undefined
  }
  return ts.isTemplateExpression(text) ? filled(text, (piece) => piece.text, constants) : undefined
}

type TemplatePiece = ts.NoSubstitutionTemplateLiteral | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail

function rawText(piece: TemplatePiece): string {
  return piece.rawText ?? piece.text
}

function filled(
  template: ts.TemplateLiteral,
  textIn: (piece: TemplatePiece) => string,
  constants: ReadonlyMap<string, ts.Expression>,
): string | undefined {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return textIn(template)
  const spans = template.templateSpans.map((span) => {
    const hole = textOf(span.expression, constants)
    return hole === undefined ? undefined : hole + textIn(span.literal)
  })
  return spans.includes(undefined) ? undefined : textIn(template.head) + spans.join('')
}

function followed(
  node: ts.Expression,
  constants: ReadonlyMap<string, ts.Expression>,
): ts.Expression | undefined {
  return ts.isIdentifier(node) ? constants.get(node.text) : node
}

/** The file's own top-level `const name = …`, unless the name is given to something else, too. */
function constantsOf(file: ts.SourceFile): ReadonlyMap<string, ts.Expression> {
  const constants = new Map<string, ts.Expression>()
  const timesDeclared = new Map<string, number>()
  const visit = (node: ts.Node): void => {
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && ts.isIdentifier(node.name)) {
      timesDeclared.set(node.name.text, (timesDeclared.get(node.name.text) ?? 0) + 1)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const))
      continue
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer && timesDeclared.get(name.text) === 1) {
        constants.set(name.text, initializer)
      }
    }
  }
  return constants
}

/** Line → the mark that covers it: its own, or the one in the comment lines right above. */
function marksOf(text: string): ReadonlyMap<number, Mark> {
  const covered = new Map<number, Mark>()
  let above: Mark | undefined
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1
    const own = markIn(content, line)
    const mark = own ?? above
    if (mark) covered.set(line, mark)
    above = content.trimStart().startsWith('//') ? mark : undefined
  }
  return covered
}

function markIn(content: string, line: number): Mark | undefined {
  const comment = content.indexOf('//')
  const start = comment < 0 ? -1 : content.indexOf(marker, comment)
  return start < 0 ? undefined : { line, reason: content.slice(start + marker.length).trim() }
}
