// Mails given on the command line: a file, a folder of files, an mbox, or standard input.
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

export interface GivenMail {
  /** The path as given, `path#3` for the third mail of an mbox, `-` for standard input. */
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Every mail of the paths, one after the other; no paths, or `-`, mean standard input. @throws ENOENT, EACCES */
export async function* readGivenMails(paths: readonly string[], stdin: Readable): AsyncGenerator<GivenMail> {
  for (const path of paths.length > 0 ? paths : ['-']) {
    if (path === '-') yield* splitMails('-', stdin)
    else if ((await stat(path)).isDirectory()) yield* readFolder(path)
    else yield* splitMails(path, createReadStream(path))
  }
}

async function* readFolder(folder: string): AsyncGenerator<GivenMail> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* readFolder(path)
    else if (entry.isFile()) yield* splitMails(path, createReadStream(path))
  }
}

const mboxStart = Buffer.from('From ')

/**
 * One mail as it is, or the mails of an mbox (RFC 4155): the first five bytes tell, and the name, because a file called
 * `.eml` is one mail, whatever its text looks like.
 */
async function* splitMails(name: string, stream: Readable): AsyncGenerator<GivenMail> {
  if (/\.eml$/i.test(name)) {
    yield { name, bytes: stream }
    return
  }
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  while (head.length < mboxStart.length) {
    const { value, done } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  if (!head.subarray(0, mboxStart.length).equals(mboxStart)) {
    yield { name, bytes: chained(head, chunks) }
    return
  }
  // Only a second mail tells an mbox from one mail with an envelope line before it.
  let held: Buffer | undefined
  let count = 0
  for await (const bytes of splitMbox(chained(head, chunks))) {
    if (held) yield { name: `${name}#${count}`, bytes: once(held) }
    held = bytes
    count += 1
  }
  if (held) yield { name: count === 1 ? name : `${name}#${count}`, bytes: once(held) }
}

async function* chained(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/**
 * A `From ` line with a time and a year, after an empty line and before a header field, starts a mail: less would cut
 * mails whose text happens to have such a line. `>From ` is unquoted by one `>` (mboxrd).
 */
async function* splitMbox(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let mail: Buffer[] = []
  let separator: Buffer | undefined
  let afterEmpty = true
  for await (const line of linesOf(bytes)) {
    if (separator) {
      if (isHeaderField(line)) {
        if (mail.length > 0) yield Buffer.concat(mail)
        mail = []
      } else {
        mail.push(separator)
      }
      separator = undefined
    }
    if (afterEmpty && isSeparator(line)) separator = line
    else mail.push(unquoted(line))
    afterEmpty = line.length <= 2 && line.toString('latin1').trim() === ''
  }
  if (separator) mail.push(separator)
  if (mail.length > 0) yield Buffer.concat(mail)
}

function isSeparator(line: Buffer): boolean {
  if (!line.subarray(0, mboxStart.length).equals(mboxStart)) return false
  const text = line.subarray(0, 200).toString('latin1')
  return /\d\d:\d\d/.test(text) && /\b\d{4}\b/.test(text)
}

function isHeaderField(line: Buffer): boolean {
  return /^[!-9;-~]+:/.test(line.subarray(0, 200).toString('latin1'))
}

function unquoted(line: Buffer): Buffer {
  return line[0] === 0x3e && /^>+From /.test(line.subarray(0, 100).toString('latin1'))
    ? line.subarray(1)
    : line
}

async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  for await (const chunk of bytes) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      held.push(chunk.subarray(start, end + 1))
      yield held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held)
      held = []
      start = end + 1
    }
    if (start < chunk.length) held.push(chunk.subarray(start))
  }
  if (held.length > 0) yield Buffer.concat(held)
}
