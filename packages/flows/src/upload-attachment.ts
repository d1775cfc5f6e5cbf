// Takes a file that somebody uploads: first its bytes, then its row.

import {
  type AttachmentId,
  MaildeskError,
  restrictionOf,
  type StoredBlob,
  shownFilename,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import { type AttachmentRow, insertAttachments, recordEvent, type Transaction } from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'

/** A media type (RFC 2045 §5.1) without parameters, lower case. */
const mediaType = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/
const maxMediaTypeLength = 100

/**
 * The media type of an upload in the form it is kept in.
 * @throws MaildeskError request.unsupported-type when it is none, or not on the list of those allowed.
 */
export function acceptedUploadType({ settings }: Pick<DeskDeps, 'settings'>, declared: string): string {
  const contentType = declared.replace(/;.*/s, '').trim().toLowerCase()
  const isType = mediaType.test(contentType) && contentType.length <= maxMediaTypeLength
  const policy = { allowedTypes: settings.attachmentTypes, maxBytes: settings.maxAttachmentBytes }
  if (!isType || restrictionOf({ contentType, size: 0 }, policy)) {
    throw new MaildeskError(
      'request.unsupported-type',
      `files of type ${isType ? contentType : 'without a proper name'} are not taken`,
      { allowed: settings.attachmentTypes },
    )
  }
  return contentType
}

/**
 * Keeps the bytes; when there are too many, nothing is left.
 * @throws MaildeskError request.too-large, blob.unavailable.
 */
export async function keepUpload(
  { blobs, settings }: Pick<DeskDeps, 'blobs' | 'settings'>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<StoredBlob> {
  const blob = await blobs.put(atMost(bytes, settings.maxAttachmentBytes))
  await failpoint('upload.kept')
  return blob
}

async function* atMost(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size > maxBytes)
      throw new MaildeskError('request.too-large', `the file is larger than ${maxBytes} bytes`, { maxBytes })
    yield chunk
  }
}

export interface UploadToAdd {
  readonly ticketId: TicketId
  readonly uploadedBy: UserId
  readonly blob: StoredBlob
  /** As the caller named it. */
  readonly filename: string
  /** From `acceptedUploadType`. */
  readonly contentType: string
}

/** Writes the row of a kept upload. It belongs to no message until one is posted with its id. */
export async function addUpload(
  tx: Transaction,
  deps: DeskDeps,
  upload: UploadToAdd,
): Promise<AttachmentRow> {
  const id = deps.ids.uuid() as AttachmentId
  const filename = shownFilename(upload.filename, 'file')
  await insertAttachments(tx, [
    {
      id,
      ticket_id: upload.ticketId,
      message_id: null,
      uploaded_by_id: upload.uploadedBy,
      file: upload.blob.key,
      filename,
      file_size: upload.blob.size,
      content_type: upload.contentType,
      source: 'web',
    },
  ])
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: upload.ticketId,
    type: 'attachment_uploaded',
    actorId: upload.uploadedBy,
    data: { attachment_id: id, filename },
  })
  await failpoint('upload.recorded')
  return (await tx<AttachmentRow>('attachments').where({ id }).first()) as AttachmentRow
}
