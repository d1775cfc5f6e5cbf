// Where the HTML of a mail marks quotes and signatures, by place in its source.
import { type CutReason, type HtmlDocument, markOf, type TextRange } from '@maildesk/core'

export interface HtmlMarks {
  /** Offsets in UTF-16 units, in order, none inside another; the marking elements included. */
  readonly ranges: readonly TextRange[]
  readonly reasons: readonly CutReason[]
}

/** Marked elements kept; a mail has a few. */
const maxMarks = 500

/**
 * Linear. An element ends where as many tags of its name were closed as were opened since: no look at what else is
 * open, which is as good for the elements that are marked, and costs nothing however deep they nest.
 */
export function htmlMarks({ tokens, length }: HtmlDocument): HtmlMarks {
  const ranges: TextRange[] = []
  const reasons: CutReason[] = []
  let open: { kind: TextRange['kind']; name: string; start: number; depth: number } | undefined
  for (const token of tokens) {
    if (ranges.length >= maxMarks) break
    if (open) {
      if (token.kind === 'text' || token.name !== open.name) continue
      open.depth += token.kind === 'open' ? 1 : -1
      if (open.depth > 0) continue
      ranges.push({ kind: open.kind, start: open.start, end: token.end })
      open = undefined
      continue
    }
    const mark = token.kind === 'open' ? markOf(token) : undefined
    if (token.kind !== 'open' || !mark) continue
    reasons.push({ rule: mark.rule, evidence: evidenceOf(token) })
    if (mark.toEnd) {
      ranges.push({ kind: mark.kind, start: token.start, end: length })
      break
    }
    open = { kind: mark.kind, name: token.name, start: token.start, depth: 1 }
  }
  if (open) ranges.push({ kind: open.kind, start: open.start, end: length })
  return { ranges, reasons }
}

function evidenceOf({
  name,
  attributes,
}: {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}): string {
  const { id, class: classes, type } = attributes
  return `<${name} ${[id, classes, type].filter(Boolean).join(' ')}>`.slice(0, 100)
}
