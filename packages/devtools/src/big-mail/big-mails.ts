// Mails just below the limit of 50 MiB, made while they are read so that making them costs no memory.
const megabyte = 1024 * 1024
const block = 64 * 1024

function* repeated(head: string, line: string, bytes: number, tail = ''): Generator<Buffer> {
  yield Buffer.from(head)
  const full = Buffer.from(line.repeat(Math.floor(block / line.length)))
  for (let made = 0; made + full.length <= bytes; made += full.length) yield full
  yield Buffer.from(tail)
}

const from = 'From: Somebody <somebody@made.example>\r\nSubject: big\r\nMIME-Version: 1.0\r\n'
const noise = Buffer.from(Array.from({ length: 57 }, (_, at) => (at * 89) % 256)).toString('base64')

export const bigMails = {
  /** A file of 36 MB, in base64. */
  attachment: () =>
    repeated(
      `${from}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the file\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
      `${noise}\r\n`,
      49 * megabyte,
      '--b--\r\n',
    ),
  text: () => repeated(`${from}\r\n`, 'A line of text that somebody wrote, more or less.\r\n', 49 * megabyte),
  html: () =>
    repeated(
      `${from}Content-Type: text/html; charset=utf-8\r\n\r\n`,
      '<p>A line of <b>text</b> that <a href="https://made.example">somebody</a> wrote.</p>\r\n',
      49 * megabyte,
    ),
  'attached-mail': () =>
    repeated(
      `${from}Content-Type: message/rfc822\r\n\r\n${from}\r\n`,
      'A line of text that somebody wrote, more or less.\r\n',
      49 * megabyte,
    ),
} satisfies Record<string, () => Generator<Buffer>>

export type BigMail = keyof typeof bigMails
