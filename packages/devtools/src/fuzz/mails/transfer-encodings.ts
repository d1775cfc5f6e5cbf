// How a body travels (RFC 2045 §6). Texts here hold one byte per character.
export const transferEncodings = ['7bit', '8bit', 'binary', 'quoted-printable', 'base64'] as const
export type TransferEncoding = (typeof transferEncodings)[number]

export function transferEncoded(body: string, encoding: TransferEncoding): string {
  if (encoding === 'base64') {
    return (
      Buffer.from(body, 'latin1')
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\r\n')
  }
  return encoding === 'quoted-printable' ? body.split('\r\n').map(quotedPrintableLine).join('\r\n') : body
}

function quotedPrintableLine(line: string): string {
  const lines: string[] = []
  let current = ''
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at)
    const last = at === line.length - 1
    const plain = code >= 0x20 && code < 0x7f && code !== 0x3d && !(last && code === 0x20)
    const piece = plain ? line.charAt(at) : `=${code.toString(16).toUpperCase().padStart(2, '0')}`
    if (current.length + piece.length > 75) {
      lines.push(`${current}=`)
      current = ''
    }
    current += piece
  }
  return [...lines, current].join('\r\n')
}
