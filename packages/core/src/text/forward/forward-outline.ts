// Where in a text mails stand that were passed on or quoted: the marks and header blocks from top to bottom.
import { type HeaderBlock, readHeaderBlock } from '../header-block.ts'
import { afterQuoteMarks, lineText } from '../header-block-line.ts'
import { isDrawn, type Marker, readMarker } from './forward-markers.ts'

/** A place where another mail begins. */
export interface OutlineItem {
  /** The line of its mark, else of its block. */
  readonly start: number
  /** The first line after the mark. */
  readonly afterMark: number
  /** null below a mark that no block follows. */
  readonly block: HeaderBlock | null
  /** The line that says so; null for a block that may be a reply's quote. */
  readonly mark: string | null
  /** `>` before it. */
  readonly quoteDepth: number
}

/** Lines between a mark and its block, empty or drawn. */
const maxBetween = 5

interface Open extends Marker {
  readonly at: number
  /** The first line after it; a long one is folded over two. */
  readonly end: number
  readonly line: string
}

/** All places where another mail begins, from top to bottom. Linear in the text. */
export function outlineOf(lines: readonly string[]): OutlineItem[] {
  const items: OutlineItem[] = []
  let open = null as Open | null
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string
    const block = readHeaderBlock(lines, at)
    if (block) {
      items.push(withBlock(block, open))
      open = null
      at = block.end
      continue
    }
    const marker = readMarker(line)
    if (marker?.kind === 'forward') {
      items.push(...withoutBlock(open))
      open = { ...marker, at, end: at + 1, line }
    } else if (open && isRestOfMark(line, at, open)) {
      open = { ...open, end: at + 1 }
    } else if (open && !mayStandBetween(line, at, open)) {
      items.push(...withoutBlock(open))
      open = null
    }
    at += 1
  }
  return [...items, ...withoutBlock(open)]
}

function withBlock(block: HeaderBlock, open: Open | null): OutlineItem {
  return {
    start: open?.at ?? block.start,
    afterMark: open?.end ?? block.start,
    block,
    mark: open ? lineText(open.line) : null,
    quoteDepth: open ? Math.min(block.quoteDepth, depthOf(open.line)) : block.quoteDepth,
  }
}

/** A mark that nothing follows is only believed when a program drew it. */
function withoutBlock(open: Open | null): OutlineItem[] {
  if (!open?.framed) return []
  const { at, end, line } = open
  return [{ start: at, afterMark: end, block: null, mark: lineText(line), quoteDepth: depthOf(line) }]
}

function mayStandBetween(line: string, at: number, open: Open): boolean {
  return at - open.at <= maxBetween && (lineText(line) === '' || isDrawn(line))
}

/** `AM -----` below `----- Forwarded by Ada on 05/02/2026 09:00`. */
function isRestOfMark(line: string, at: number, open: Open): boolean {
  return at === open.at + 1 && line.trimEnd().endsWith('--') && !open.line.trimEnd().endsWith('--')
}

function depthOf(line: string): number {
  return afterQuoteMarks(line).quoteDepth
}
