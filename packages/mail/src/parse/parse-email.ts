// One raw mail to a ParsedEmail, in this process. For untrusted mail use the pool (parser-pool.ts), which runs this in
// a child that may be killed.
import { Readable } from 'node:stream'
import type { MailWarning, ParsedEmail, ParsedPart, ParseOutcome } from '@maildesk/core'
import { errorText } from '@maildesk/core'
import type { ReadMail } from './attached-mails.ts'
import { type BodyText, bodyText } from './body-text.ts'
import { BoundedMailParser, type MimeLeaf } from './bounded-mail-parser.ts'
import { decodeBytes, readHeaderFields } from './header-fields.ts'
import { htmlOfText } from './html-text.ts'
import { LimitExceeded, type ParseLimits } from './limits.ts'
import { parseHeader } from './parsed-header.ts'
import { PartKeeper } from './part-keeper.ts'
import type { PartSink } from './part-sink.ts'
import { readBody } from './read-body.ts'
import { cleanStrings } from './read-header-section.ts'
import { withSaneStart } from './sane-start.ts'

/** Warnings kept of one mail. */
const maxWarnings = 100
/** Bytes of a mail in memory that are read at once. */
const heldChunkBytes = 64 * 1024

export type { PartSink } from './part-sink.ts'

/**
 * Parses a mail while its bytes arrive; parts stream into `sink`.
 * @returns the failure as a value, whatever the mail contains.
 * @throws what reading `raw` or `sink.put` throws.
 */
export async function parseEmail(
  raw: AsyncIterable<Uint8Array>,
  sink: PartSink,
  limits: ParseLimits,
): Promise<ParseOutcome> {
  const outside = new OutsideErrors()
  try {
    return { ok: true, email: await readEmail(outside.watchSource(raw), outside.watchSink(sink), limits) }
  } catch (error) {
    outside.rethrow()
    const limit = error instanceof LimitExceeded || (error as { code?: unknown }).code === 'EMAXLEN'
    return {
      ok: false,
      failure: limit ? 'limit-exceeded' : 'unparseable',
      detail: errorText(error).slice(0, 500),
    }
  }
}

async function readEmail(
  raw: AsyncIterable<Uint8Array>,
  sink: PartSink,
  limits: ParseLimits,
  depth = 0,
): Promise<ParsedEmail> {
  const parser = new BoundedMailParser(limits)
  const keeper = new PartKeeper(sink, limits, readHeldMail(limits), depth)
  const beginning = new Beginning(limits.partHeaderBytes)
  const input = Readable.from(mailBytes(raw, beginning, limits.mailBytes), { objectMode: true })
  let open: Readable | undefined
  const fail = (error: Error) => {
    open?.destroy(error)
    input.destroy()
  }
  parser.on('error', fail)
  input.on('error', (error) => parser.destroy(error))
  input.pipe(parser)
  try {
    for await (const item of parser as AsyncIterable<MimeLeaf | { type: 'text' }>) {
      if (item.type !== 'attachment' || !parser.current) continue
      open = item.content
      // Whoever reads it hears its error; when nobody does, it must not become an uncaught one.
      open.on('error', () => undefined)
      await keeper.keep(item, parser.current)
      open = undefined
      item.release()
    }
  } finally {
    input.destroy()
  }
  return finish(parser, keeper, beginning.bytes(), sink, limits)
}

/** Reads a mail that is in memory as this one was read. */
function readHeldMail(limits: ParseLimits): ReadMail {
  return (raw, sink, depth) => {
    return readEmail(chunksOf(raw), sink, limits, depth)
  }
}

/** All at once it would be taken apart at once as well, faster than its parts are stored. */
async function* chunksOf(raw: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < raw.length; from += heldChunkBytes)
    yield raw.subarray(from, from + heldChunkBytes)
}

async function finish(
  parser: BoundedMailParser,
  keeper: PartKeeper,
  beginning: Uint8Array,
  sink: PartSink,
  limits: ParseLimits,
): Promise<ParsedEmail> {
  const section = readHeaderFields(beginning)
  const header = parseHeader(section, limits)
  const strayLines = decodeBytes(section.strayLines).trim()
  const body = below(strayLines, bodyText(parser.root, await keeper.settle(parser), limits.bodyLength))
  const parts = keeper.parts(body.html)
  const warnings: MailWarning[] = [...header.warnings, ...keeper.warnings]
  if (strayLines !== '' || (body.text === '' && body.html === null && section.strayBodyAt !== null)) {
    warnings.push({ code: 'no-body-separator', detail: 'no empty line ends the header section' })
  }
  const stray =
    section.strayBodyAt === null
      ? ''
      : decodeBytes(Buffer.from(beginning).subarray(section.strayBodyAt).toString('latin1'))
  const keep = new LongBodies(sink, limits.bodyLength, parts, warnings)
  const written = body.text === '' && body.html === null ? stray : body.text
  const text = await keep.bounded(written.replace(/\r\n?/g, '\n'), 'text')
  const html = body.html === null ? null : await keep.bounded(body.html, 'html')
  const reportParts = keeper.reportParts()
  const attachedMails = keeper.attachedMails()
  const cleaned = cleanStrings({ ...header, text, html, parts, reportParts, attachedMails })
  const isRendered = body.isRendered && text === body.text
  return {
    ...cleaned,
    reply: readBody(cleaned, isRendered, limits.bodyLength),
    warnings: cleanStrings(boundWarnings(warnings)),
  }
}

/** The body with what its writer put above it without the empty line that a body begins with. */
function below(strayLines: string, body: BodyText): BodyText {
  if (strayLines === '') return body
  const html = body.html === null ? null : `${htmlOfText(strayLines)}\n${body.html}`
  return { text: `${strayLines}\n\n${body.text}`, html, isRendered: false }
}

/** Each once, and not more than anybody reads. */
function boundWarnings(warnings: readonly MailWarning[]): MailWarning[] {
  const unique = new Map(warnings.map((warning) => [`${warning.code} ${warning.detail}`, warning]))
  const bounded = [...unique.values()].slice(0, maxWarnings)
  if (unique.size > maxWarnings)
    bounded.push({ code: 'warnings-truncated', detail: `${unique.size} warnings` })
  return bounded
}

/** Cuts bodies that are too long and keeps the whole of them as attachments. */
class LongBodies {
  readonly #sink: PartSink
  readonly #limit: number
  readonly #parts: ParsedPart[]
  readonly #warnings: MailWarning[]

  constructor(sink: PartSink, limit: number, parts: ParsedPart[], warnings: MailWarning[]) {
    this.#sink = sink
    this.#limit = limit
    this.#parts = parts
    this.#warnings = warnings
  }

  async bounded(body: string, kind: 'text' | 'html'): Promise<string> {
    if (body.length <= this.#limit) return body
    const stored = await this.#sink.put([Buffer.from(body, 'utf8')])
    const filename = kind === 'text' ? 'full-text.txt' : 'full-body.html'
    const contentType = kind === 'text' ? 'text/plain' : 'text/html'
    this.#parts.push({
      path: `full-${kind}`,
      filename,
      contentType,
      size: stored.size,
      blob: stored.key,
      disposition: 'attachment',
      contentId: null,
    })
    this.#warnings.push({
      code: `${kind}-truncated`,
      detail: `${body.length} characters; the whole is ${filename}`,
    })
    return body.slice(0, this.#limit)
  }
}

/** The first bytes of the mail: all of its header section, which the limit bounds. */
class Beginning {
  readonly #limit: number
  readonly #chunks: Uint8Array[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Uint8Array): void {
    if (this.#length >= this.#limit) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }
}

/** Counts what is read, and keeps the beginning of what the parser is given. */
async function* mailBytes(
  raw: AsyncIterable<Uint8Array>,
  beginning: Beginning,
  limit: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of withSaneStart(counted(raw, limit))) {
    beginning.add(chunk)
    yield chunk
  }
}

async function* counted(raw: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of raw) {
    size += chunk.length
    if (size > limit) throw new LimitExceeded(`the mail is larger than ${limit} bytes`)
    yield chunk
  }
}

/** Tells errors of the store and the source, which are thrown on, from errors of the mail, which are outcomes. */
class OutsideErrors {
  #errors: unknown[] = []

  rethrow(): void {
    if (this.#errors.length > 0) throw this.#errors[0]
  }

  async *watchSource(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* raw
    } catch (error) {
      this.#errors.push(error)
      throw error
    }
  }

  watchSink(sink: PartSink): PartSink {
    return {
      put: async (bytes) => {
        let ofTheMail = false
        const guarded = watched(bytes, () => (ofTheMail = true))
        try {
          return await sink.put(guarded)
        } catch (error) {
          if (!ofTheMail) this.#errors.push(error)
          throw error
        }
      },
    }
  }
}

async function* watched(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  failed: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (error) {
    failed()
    throw error
  }
}
