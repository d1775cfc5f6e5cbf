import type { Multipart } from '@fastify/multipart'
import { type FieldError, invalidFields, type StoredBlob } from '@maildesk/core'
import { acceptedUploadType, addUpload, keepUpload } from '@maildesk/flows'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type ApiApp, actorOf, everyRole } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { compileValidator, unstorableText } from '../../plugins/validation.ts'
import { AttachmentSchema, presentAttachment } from '../../resources/message.ts'
import { answers, IdempotencyHeaders, Ref } from '../../resources/schema.ts'
import { getVisibleTicket } from '../../visible.ts'

/** Parts besides the file, and their largest size in bytes: `ticket_id` is all there is. */
const maxFields = 4
const maxFieldBytes = 256

const UploadForm = Type.Object({
  ticket_id: Type.String(),
  file: Type.String({ format: 'binary' }),
})

interface Upload {
  readonly blob: StoredBlob
  readonly filename: string
  readonly contentType: string
}

export function uploadAttachment(app: ApiApp, deps: ApiDeps): void {
  app.post(
    '/api/v1/attachments',
    {
      config: { policy: everyRole, consumes: 'multipart' },
      // The form is a stream that is read below; its schema is for the description.
      validatorCompiler: (part) => (part.httpPart === 'body' ? () => true : compileValidator(part)),
      schema: {
        tags: ['attachments'],
        summary: 'Upload a file to a ticket; post a message with its id to send it',
        description:
          'multipart/form-data with the text field `ticket_id` (id or number; best first) and the file field `file`.',
        consumes: ['multipart/form-data'],
        headers: IdempotencyHeaders,
        body: UploadForm,
        response: answers(201, Ref(AttachmentSchema)),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { ticketId, file } = await readParts(deps, request)
      const ticket = await getVisibleTicket(deps.db, actor, ticketId)
      const { blob, filename, contentType } = file
      const work = async (tx: Parameters<typeof addUpload>[0]) => {
        const row = await addUpload(tx, deps, {
          ticketId: ticket.id,
          uploadedBy: actor.userId,
          blob,
          filename,
          contentType,
        })
        return { body: presentAttachment(row), location: `/api/v1/attachments/${row.id}` }
      }
      return sendCreated(
        reply,
        await createOnce(deps, request, work, [ticket.id, blob.key, filename, contentType]),
      )
    },
  )
}

async function readParts(
  deps: ApiDeps,
  request: FastifyRequest,
): Promise<{ ticketId: string; file: Upload }> {
  const { maxAttachmentBytes } = deps.settings
  // One byte more than allowed, so that a file at the limit passes and one above it is told by `keepUpload`.
  const limits = {
    files: 1,
    fields: maxFields,
    fieldSize: maxFieldBytes,
    fileSize: maxAttachmentBytes + 1,
    parts: maxFields + 1,
  }
  const fields = new Map<string, unknown>()
  const strange: FieldError[] = []
  let file: Upload | undefined
  for await (const part of request.parts({ limits })) {
    if (part.type === 'file' && part.fieldname === 'file')
      file = await keepFile(deps, request, part, fields.get('ticket_id'))
    else if (part.type === 'field' && part.fieldname === 'ticket_id') fields.set('ticket_id', part.value)
    else strange.push({ field: part.fieldname, message: 'is not known here' })
    if (part.type === 'file') part.file.resume()
  }
  const ticketId = fields.get('ticket_id')
  const problems = [...strange, ...unstorableText({ ticket_id: ticketId, filename: file?.filename })]
  if (typeof ticketId !== 'string' || ticketId === '')
    problems.push({ field: 'ticket_id', message: 'is required' })
  if (!file) problems.push({ field: 'file', message: 'is required' })
  if (typeof ticketId !== 'string' || !file || problems.length > 0) throw invalidFields(...problems)
  return { ticketId, file }
}

/** Keeps the bytes, once everything that can be known before was asked. */
async function keepFile(
  deps: ApiDeps,
  request: FastifyRequest,
  part: Extract<Multipart, { type: 'file' }>,
  ticketId: unknown,
): Promise<Upload> {
  if (typeof ticketId === 'string') await getVisibleTicket(deps.db, actorOf(request), ticketId)
  const contentType = acceptedUploadType(deps, part.mimetype)
  return { contentType, filename: part.filename ?? '', blob: await keepUpload(deps, part.file) }
}
