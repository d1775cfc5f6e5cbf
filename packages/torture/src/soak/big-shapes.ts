// Mails just below the limit of 50 MiB, in the shapes that cost a parser most.

const megabyte = 1024 * 1024
const size = 49 * megabyte
const noise = Buffer.from(Array.from({ length: 57 }, (_, at) => (at * 89) % 256)).toString('base64')
const htmlLine = '<p>A line of <b>text</b> that <a href="https://made.example">somebody</a> wrote.</p>\r\n'
const textLine = 'A line of text that somebody wrote, more or less.\r\n'

/** A file of 36 MB, in base64. */
const oneFile = () =>
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the file\r\n${filePart('a.zip', size)}--b--\r\n`

const bodies = {
  attachment: oneFile,
  /** As many files as a mail may have. */
  'many parts': () =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the files\r\n${Array.from(
      { length: 190 },
      (_, at) => filePart(`file-${at}.zip`, size / 190 - 300, `${at} `),
    ).join('')}--b--\r\n`,
  /** Text and HTML, half each. */
  'text and html': () =>
    `Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n${filled(textLine, size / 2)}--b\r\nContent-Type: text/html\r\n\r\n${filled(htmlLine, size / 2)}--b--\r\n`,
  /** A forwarded mail that has the file. */
  'attached mail': () =>
    `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nsee the mail\r\n--o\r\nContent-Type: message/rfc822\r\n\r\nFrom: other@made.example\r\nSubject: inner\r\nMIME-Version: 1.0\r\n${oneFile()}--o--\r\n`,
  /** An opaque S/MIME signature, which the parser opens in memory. */
  'signed mail': () => {
    const inside = Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the file\r\n${filePart('a.zip', 34 * megabyte)}--b--\r\n`,
    )
    const lines = signed(inside).toString('base64').replace(/.{76}/g, '$&\r\n')
    return `Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n`
  },
} satisfies Record<string, () => string>

export type BigShape = keyof typeof bodies

export const bigShapes = Object.keys(bodies) as BigShape[]

/** A mail of nearly 50 MiB, from an address of its own. */
export function bigMail(shape: BigShape, mark: string): Buffer {
  const from = `${shape.replaceAll(' ', '-')}@made.example`
  return Buffer.from(
    `From: Somebody <${from}>\r\nTo: support@example.com\r\nMessage-ID: <${mark}@made.example>\r\nDate: ${new Date().toUTCString()}\r\nSubject: big ${shape} [mark ${mark}]\r\nMIME-Version: 1.0\r\n${bodies[shape]()}`,
  )
}

/** `different`: what makes its first bytes unlike those of other files. */
function filePart(name: string, bytes: number, different = ''): string {
  const first = Buffer.from(different.padEnd(57, '.')).toString('base64')
  return `--b\r\nContent-Type: application/zip; name=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${first}\r\n${filled(`${noise}\r\n`, bytes)}`
}

function filled(line: string, bytes: number): string {
  return line.repeat(Math.floor(bytes / line.length))
}

/** SignedData around the bytes, without any signer (RFC 5652 §5.1). */
function signed(content: Buffer): Buffer {
  const octets = der(0x04, content)
  const encapsulated = der(
    0x30,
    Buffer.concat([Buffer.from('06092a864886f70d010701', 'hex'), der(0xa0, octets)]),
  )
  const data = der(
    0x30,
    Buffer.concat([Buffer.from('0201013100', 'hex'), encapsulated, Buffer.from('3100', 'hex')]),
  )
  return der(0x30, Buffer.concat([Buffer.from('06092a864886f70d010702', 'hex'), der(0xa0, data)]))
}

function der(tag: number, content: Buffer): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt8(tag, 0)
  head.writeUInt8(0x84, 1)
  head.writeUInt32BE(content.length, 2)
  return Buffer.concat([head, content])
}
