import { MaildeskError } from '@maildesk/core'
import { Type } from 'typebox'
import { type ApiApp, actorOf, everyRole } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { AttachmentSchema, presentAttachment } from '../../resources/message.ts'
import { answers, Defaulted, IdParams, Ref } from '../../resources/schema.ts'
import { sendBlob } from '../../send-blob.ts'
import { getVisibleAttachment } from '../../visible.ts'

export function showAttachment(app: ApiApp, deps: ApiDeps): void {
  app.get(
    '/api/v1/attachments/:id',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['attachments'],
        summary: 'What is known of a file',
        params: IdParams,
        response: answers(200, Ref(AttachmentSchema)),
      },
    },
    async (request) =>
      presentAttachment(await getVisibleAttachment(deps.db, actorOf(request), request.params.id)),
  )
  app.get(
    '/api/v1/attachments/:id/content',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['attachments'],
        summary: 'Download a file',
        description:
          'Always sent to be saved, never to be run. With `inline`, a file whose bytes are those of a PNG, JPEG, GIF or WebP picture is sent as that picture, to be shown in place; any other file is a download all the same.',
        produces: ['application/octet-stream'],
        params: IdParams,
        querystring: Type.Object(
          { inline: Defaulted(Type.Boolean(), false) },
          { additionalProperties: false },
        ),
        response: answers(200, Type.Unsafe<unknown>({ type: 'string', format: 'binary' })),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const attachment = await getVisibleAttachment(deps.db, actor, request.params.id)
      if (attachment.restricted_reason && actor.role !== 'admin') {
        throw new MaildeskError(
          'request.forbidden',
          `this file is for admins only: ${attachment.restricted_reason}`,
          { reason: attachment.restricted_reason },
        )
      }
      const { file: key, file_size: size, filename, content_type: contentType } = attachment
      return sendBlob(deps, request, reply, {
        key,
        size,
        filename,
        contentType,
        isInlineWanted: request.query.inline,
      })
    },
  )
}
