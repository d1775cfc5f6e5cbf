// format=flowed (RFC 3676): paragraphs that were wrapped for sending, put together again.

interface FlowedLine {
  readonly depth: number
  /** Without quote marks and stuffing. */
  readonly content: string
}

/**
 * Joins the wrapped lines of `text`; quoted paragraphs keep one `>` a level, and each stays one line.
 * Lines of different quote depth are never joined, nor is the signature's `-- ` (RFC 3676 §4.2–4.5).
 * @param text lines end in LF or CRLF; the result has LF.
 * @param delSp the space at the end of a wrapped line is no part of the text (DelSp=yes, §4.1).
 */
export function unwrapFlowed(text: string, delSp: boolean): string {
  const out: string[] = []
  let paragraph: { readonly depth: number; readonly pieces: string[] } | undefined
  const endParagraph = () => {
    if (paragraph) out.push(quoted(paragraph.depth, paragraph.pieces.join('')))
    paragraph = undefined
  }
  for (const line of text.split('\n')) {
    const { depth, content } = readLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    if (content === '-- ' || paragraph?.depth !== depth) endParagraph()
    const flows = content.endsWith(' ') && content !== '-- '
    paragraph ??= { depth, pieces: [] }
    paragraph.pieces.push(flows && delSp ? content.slice(0, -1) : content)
    if (!flows) endParagraph()
  }
  endParagraph()
  return out.join('\n')
}

function readLine(line: string): FlowedLine {
  let depth = 0
  while (line[depth] === '>') depth += 1
  return { depth, content: line.slice(line[depth] === ' ' ? depth + 1 : depth) }
}

function quoted(depth: number, content: string): string {
  if (depth === 0) return content
  return content === '' ? '>'.repeat(depth) : `${'>'.repeat(depth)} ${content}`
}
