/* Where a mail's header ends, and its fields. */

export interface HeaderField {
  /** Lower case. */
  readonly name: string
  /** The whole field with its folded lines and line ends. */
  readonly bytes: Buffer
}

export interface MailSections {
  /** With the empty line that ends it. */
  readonly header: Buffer
  readonly text: Buffer
  readonly fields: readonly HeaderField[]
}

const LF = 0x0a
const CR = 0x0d

/** Splits at the first empty line; lines may end in CRLF or LF. */
export function splitMail(raw: Buffer): MailSections {
  const fields: { name: string; lines: Buffer[] }[] = []
  let at = 0
  while (at < raw.length) {
    const lineEnd = raw.indexOf(LF, at)
    const next = lineEnd < 0 ? raw.length : lineEnd + 1
    const line = raw.subarray(at, next)
    at = next
    if (line[0] === LF || (line[0] === CR && line[1] === LF)) break
    const last = fields.at(-1)
    if (last && (line[0] === 0x20 || line[0] === 0x09)) last.lines.push(line)
    else fields.push({ name: nameOf(line), lines: [line] })
  }
  return {
    header: raw.subarray(0, at),
    text: raw.subarray(at),
    fields: fields.map(({ name, lines }) => ({ name, bytes: Buffer.concat(lines) })),
  }
}

function nameOf(line: Buffer): string {
  const colon = line.indexOf(':')
  return colon < 0 ? '' : line.toString('latin1', 0, colon).trim().toLowerCase()
}
