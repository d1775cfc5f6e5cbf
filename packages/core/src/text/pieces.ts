// A long text piece by piece: what is made of each piece is forgotten before the next, and a mail of megabytes costs no
// more memory than a short one.

/** UTF-16 units of a piece. */
const pieceLength = 64 * 1024

/** The text in pieces that together are it; none begins or ends within a surrogate pair. */
export function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = from + pieceLength
    const to = endsWithinPair(text, end) ? end + 1 : end
    yield text.slice(from, to)
    from = to
  }
}

function endsWithinPair(text: string, end: number): boolean {
  return (
    isBetween(text.charCodeAt(end - 1), 0xd800, 0xdbff) && isBetween(text.charCodeAt(end), 0xdc00, 0xdfff)
  )
}

function isBetween(unit: number, first: number, last: number): boolean {
  return unit >= first && unit <= last
}
