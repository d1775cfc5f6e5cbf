// One raw mail to a ParsedEmail, in this process. For untrusted mail use the pool (parser-pool.ts), which runs this in
// a child that may be killed.
import { Readable } from 'node:stream'
import type { BlobStore, MailWarning, ParsedEmail, ParsedPart, ParseOutcome } from '@maildesk/core'
import { errorText } from '@maildesk/core'
import { bodyText } from './body-text.ts'
import { BoundedMailParser, type MimeAttachment, type MimeNode } from './bounded-mail-parser.ts'
import { decodeBytes, readHeaderFields } from './header-fields.ts'
import { LimitExceeded, type ParseLimits } from './limits.ts'
import { parseHeader } from './parsed-header.ts'
import { cleanStrings } from './read-header-section.ts'
import { ReportTexts } from './report-texts.ts'
import { safeContentType, safeFilename } from './safe-filename.ts'
import { unreadBody } from './unread-body.ts'

/** Where decoded parts go; a BlobStore is one. */
export type PartSink = Pick<BlobStore, 'put'>

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
): Promise<ParsedEmail> {
  const parser = new BoundedMailParser(limits)
  const parts: ParsedPart[] = []
  const reports = new ReportTexts()
  const beginning = new Beginning(limits.partHeaderBytes)
  const input = Readable.from(counted(raw, beginning, limits.mailBytes), { objectMode: true })
  let open: Readable | undefined
  const fail = (error: Error) => {
    open?.destroy(error)
    input.destroy()
  }
  parser.on('error', fail)
  input.on('error', (error) => parser.destroy(error))
  input.pipe(parser)
  try {
    for await (const item of parser as AsyncIterable<MimeAttachment | { type: 'text' }>) {
      if (item.type !== 'attachment') continue
      open = item.content
      // Whoever reads it hears its error; when nobody does, it must not become an uncaught one.
      open.on('error', () => undefined)
      parts.push(await keepPart(item, parser.current, sink, reports))
      open = undefined
      item.release()
    }
  } finally {
    input.destroy()
  }
  const email = await finish(parser, parts, beginning.bytes(), sink, limits)
  return { ...email, reportParts: cleanStrings(reports.texts()) }
}

async function keepPart(
  item: MimeAttachment,
  node: MimeNode | undefined,
  sink: PartSink,
  reports: ReportTexts,
): Promise<ParsedPart> {
  const path = node ? pathOf(node) : '1'
  const contentType = safeContentType(node?.contentType || '')
  const stored = await sink.put(reports.watch(path, contentType, item.content))
  const sent = node?.node.disposition
  const inline = sent === 'inline' || (!sent && item.related === true && !!item.cid)
  return {
    path,
    filename: safeFilename(node?.node.filename || '', path, contentType),
    contentType,
    size: stored.size,
    blob: stored.key,
    disposition: inline ? 'inline' : 'attachment',
    contentId: item.cid ? item.cid.slice(0, 998) : null,
  }
}

/** IMAP's way of numbering (RFC 9051 §6.4.5): the place among its siblings, below the place of its parent. */
function pathOf(node: MimeNode): string {
  const numbers: number[] = []
  for (let at = node; at.parent; at = at.parent) numbers.unshift(at.parent.children.indexOf(at) + 1)
  return numbers.length === 0 ? '1' : numbers.join('.')
}

async function finish(
  parser: BoundedMailParser,
  parts: ParsedPart[],
  beginning: Uint8Array,
  sink: PartSink,
  limits: ParseLimits,
): Promise<Omit<ParsedEmail, 'reportParts'>> {
  const section = readHeaderFields(beginning)
  const header = parseHeader(section.fields, limits)
  const warnings: MailWarning[] = [...header.warnings]
  const body = bodyText(parser.root, limits.bodyLength)
  if (body.text === '' && body.html === null && section.strayBodyAt !== null) {
    warnings.push({ code: 'no-body-separator', detail: 'no empty line ends the header section' })
  }
  const stray =
    section.strayBodyAt === null
      ? decodeBytes(unreadBody(parser.root, beginning))
      : decodeBytes(Buffer.from(beginning).subarray(section.strayBodyAt).toString('latin1'))
  const keep = new LongBodies(sink, limits.bodyLength, parts, warnings)
  const text = await keep.bounded(body.text === '' && body.html === null ? stray : body.text, 'text')
  const html = body.html === null ? null : await keep.bounded(body.html, 'html')
  return cleanStrings({ ...header, text, html, parts, warnings })
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

async function* counted(
  raw: AsyncIterable<Uint8Array>,
  beginning: Beginning,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of raw) {
    size += chunk.length
    if (size > limit) throw new LimitExceeded(`the mail is larger than ${limit} bytes`)
    beginning.add(chunk)
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
