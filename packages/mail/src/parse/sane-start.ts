// The raw bytes of a mail, before MIME: what mail systems put in front of a header section is taken away, and mails of old
// Macintosh programs get lines.

/** Bytes that are looked at before anything is passed on. */
const probeBytes = 8 * 1024
const lineFeed = 0x0a
const carriageReturn = 0x0d
/** A field that a mail's header section may begin with; a body that begins with one is a header section. */
const field =
  /^(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|reply-to|sender|dkim-signature|authentication-results|arc-[a-z-]{1,40}|x-[a-z0-9-]{1,60})[ \t]?:/i

/**
 * The same bytes without a byte order mark, and without empty lines where a header section follows them; of a mail that
 * ends its lines with carriage returns alone, with line feeds.
 */
export async function* withSaneStart(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let size = 0
  let returnsOnly: boolean | undefined
  const settled = (): Uint8Array => {
    const start = Buffer.concat(waiting)
    waiting = []
    returnsOnly = endsLinesWithReturns(start)
    const lines = returnsOnly ? withLineFeeds(start) : start
    return lines.subarray(headerStart(lines))
  }
  for await (const chunk of raw) {
    if (returnsOnly !== undefined) {
      yield returnsOnly ? withLineFeeds(chunk) : chunk
      continue
    }
    waiting.push(chunk)
    size += chunk.length
    if (size >= probeBytes) yield settled()
  }
  if (waiting.length > 0) yield settled()
}

function endsLinesWithReturns(start: Uint8Array): boolean {
  const first = start.indexOf(carriageReturn)
  // The last byte may be the first half of an ending.
  return first >= 0 && first < start.length - 1 && !start.includes(lineFeed)
}

function withLineFeeds(bytes: Uint8Array): Buffer {
  const changed = Buffer.from(bytes)
  for (let at = changed.indexOf(carriageReturn); at >= 0; at = changed.indexOf(carriageReturn, at + 1)) {
    changed[at] = lineFeed
  }
  return changed
}

function headerStart(bytes: Uint8Array): number {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  let start = mark
  while (bytes[start] === lineFeed || bytes[start] === carriageReturn) start += 1
  const line = Buffer.from(bytes.subarray(start, start + 100)).toString('latin1')
  return field.test(line) ? start : mark
}
