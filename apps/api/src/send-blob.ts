// Stored bytes → an answer that a browser saves and never runs; pictures may also be looked at.
import { Readable } from 'node:stream'
import { type BlobKey, errorText, imageTypeOf } from '@maildesk/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiDeps } from './api-deps.ts'

export interface BlobToSend {
  readonly key: BlobKey
  /** Bytes, as recorded when they were stored. */
  readonly size: number
  readonly filename: string
  readonly contentType: string
  /** Let a browser show it in place, if its bytes are those of a picture; whatever its type claims. */
  readonly isInlineWanted?: boolean
}

/**
 * Streams a blob. The last piece is held back until the hash was checked: of a corrupt blob a caller gets fewer bytes
 * than announced and a broken connection, never a complete answer.
 * @throws MaildeskError blob.missing, blob.unavailable, and blob.corrupt for what fits in one piece.
 */
export async function sendBlob(
  { blobs, log }: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  blob: BlobToSend,
): Promise<FastifyReply> {
  const pieces = lastHeldBack(await blobs.open(blob.key))
  const first = await pieces.next()
  const pictureType = blob.isInlineWanted && !first.done ? imageTypeOf(first.value) : undefined
  const rest = async function* () {
    try {
      if (!first.done) yield first.value
      yield* pieces
    } catch (error) {
      // The status was sent already; the connection is destroyed and this is the only place that knows why.
      log.error({ requestId: request.id, blob: blob.key, error: errorText(error) }, 'download broken off')
      throw error
    }
  }
  return reply
    .headers({
      'content-type': pictureType ?? blob.contentType,
      'content-length': blob.size,
      'content-disposition': contentDisposition(pictureType ? 'inline' : 'attachment', blob.filename),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
    })
    .send(Readable.from(rest(), { objectMode: false }))
}

/** Yields each piece once the one after it came, and the last when the source has ended well. */
async function* lastHeldBack(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  for await (const piece of source) {
    if (held) yield held
    held = piece
  }
  if (held) yield held
}

/** RFC 6266 §4: a plain name for old clients, the true one in RFC 8187's encoding. Pure. */
function contentDisposition(disposition: 'attachment' | 'inline', filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%;]/g, '_')
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
