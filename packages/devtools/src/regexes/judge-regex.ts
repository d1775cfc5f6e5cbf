// Whether a regular expression can be made to run for longer than its input is long. The automata of `recheck` decide;
// its other way, trying inputs against the clock, is not used: it says one thing on an idle machine and another on a
// busy one.
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp'
import { check, type Diagnostics } from 'recheck'

export type RegexVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly attack: string }

/** Milliseconds for one expression; most take a hundredth of it. */
const timeoutMs = 60_000
/** A bound above this is no bound: what is tried at each place of the input may cost as much. */
const largestBound = 1_000
/** Repetitions that a bounded quantifier is judged with; more of them would only make the automaton larger. */
const judgedRepetitions = 2

const parser = new RegExpParser()
const verdicts = new Map<string, Promise<RegexVerdict>>()

/** Judges an expression, each distinct one once. Not judged for certain counts as a problem. */
export function judgeRegex(source: string, flags: string): Promise<RegexVerdict> {
  const key = `${flags}/${source}`
  const known = verdicts.get(key)
  if (known) return known
  const verdict = judge(source, flags)
  verdicts.set(key, verdict)
  return verdict
}

async function judge(source: string, flags: string): Promise<RegexVerdict> {
  for (const variant of variantsOf(source, flags)) {
    // Without a repetition that has no end, there are only so many steps at each place of the input.
    if (!variant.repeatsForever) continue
    const diagnostics = await check(variant.source, flags.replace('d', '').replace('v', 'u'), {
      checker: 'automaton',
      timeout: timeoutMs,
    })
    const verdict = verdictOf(diagnostics)
    if (!verdict.ok) return verdict
  }
  return { ok: true }
}

function verdictOf(diagnostics: Diagnostics): RegexVerdict {
  if (diagnostics.status === 'safe') return { ok: true }
  if (diagnostics.status === 'unknown') {
    const { kind } = diagnostics.error
    return { ok: false, problem: `cannot be judged (${kind}); write it in a simpler way`, attack: '' }
  }
  const { complexity, attack } = diagnostics
  const problem =
    complexity.type === 'exponential' ? 'exponential' : `polynomial of degree ${complexity.degree}`
  return { ok: false, problem, attack: attack.pattern }
}

interface Variant {
  readonly source: string
  readonly repeatsForever: boolean
}

/**
 * What the automaton can judge in place of the expression: bounded repetitions are made short, and lookaround, of which
 * automata know nothing, is left out in one variant and stands in the expression, with nothing after it, in one more
 * each. A back reference becomes what its group says.
 */
function variantsOf(source: string, flags: string): Variant[] {
  const unicode = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') }
  const pattern = parser.parsePattern(source, 0, source.length, unicode)
  const lookarounds: AST.LookaroundAssertion[] = []
  visitRegExpAST(pattern, {
    onAssertionEnter(node) {
      if (node.kind === 'lookahead' || node.kind === 'lookbehind') lookarounds.push(node)
    },
  })
  return [undefined, ...lookarounds].map((kept) => variant(pattern, kept))
}

function variant(pattern: AST.Pattern, kept: AST.LookaroundAssertion | undefined): Variant {
  let repeatsForever = false
  const write = (node: AST.Node): string => {
    switch (node.type) {
      case 'Pattern':
        return node.alternatives.map(write).join('|')
      case 'Alternative': {
        const until = kept ? node.elements.indexOf(kept) + 1 : 0
        return (until > 0 ? node.elements.slice(0, until) : node.elements).map(write).join('')
      }
      case 'Group':
      case 'CapturingGroup':
        return `(?:${node.alternatives.map(write).join('|')})`
      case 'Quantifier': {
        const bound = totalBound(node)
        if (bound > largestBound) repeatsForever = true
        return write(node.element) + repetitions(node, bound) + (node.greedy ? '' : '?')
      }
      case 'Backreference':
        return [node.resolved]
          .flat()
          .map((group) => (contains(group, node) ? '' : write(group)))
          .join('')
      case 'Assertion':
        if (node.kind !== 'lookahead' && node.kind !== 'lookbehind') return node.raw
        return node === kept ? `(?:${node.alternatives.map(write).join('|')})` : '(?:)'
      default:
        return node.raw
    }
  }
  const source = write(pattern)
  return { source, repeatsForever }
}

/** A reference to the group it stands in matches nothing, always. */
function contains(group: AST.Node, node: AST.Node): boolean {
  return group.start <= node.start && node.end <= group.end
}

/** How often it may repeat, times how often what it stands in may. */
function totalBound(node: AST.Quantifier): number {
  let bound = node.max
  for (let outer = node.parent as AST.Node | null; outer; outer = outer.parent) {
    if (outer.type === 'Quantifier' && Number.isFinite(outer.max)) bound *= Math.max(outer.max, 1)
  }
  return bound
}

function repetitions({ min, max }: AST.Quantifier, bound: number): string {
  const least = Math.min(min, judgedRepetitions)
  if (bound > largestBound) return `{${least},}`
  return `{${least},${Math.max(least, Math.min(max, judgedRepetitions))}}`
}
