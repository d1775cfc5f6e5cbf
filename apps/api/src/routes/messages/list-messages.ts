import { listMessages as readMessages } from '@maildesk/db'
import { Type } from 'typebox'
import { type ApiApp, actorOf, everyRole, isStaff } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { MessageSchema, presentMessage } from '../../resources/message.ts'
import { answers, IdParams, PageOf } from '../../resources/schema.ts'
import { createHtmlView } from '../../show-html.ts'
import { getVisibleTicket } from '../../visible.ts'

export function listMessages(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps
  const showHtml = createHtmlView(deps)
  app.get(
    '/api/v1/tickets/:id/messages',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['messages'],
        summary: "A ticket's messages, oldest first; customers see neither notes nor what strangers wrote",
        params: IdParams,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers(200, PageOf(MessageSchema)),
      },
    },
    async (request) => {
      const actor = actorOf(request)
      const ticket = await getVisibleTicket(db, actor, request.params.id)
      const page = pageRequest(request.query, 'messages')
      const messages = await readMessages(db, ticket.id, isStaff(actor) ? 'staff' : 'customer', page)
      const html = await showHtml(messages.items)
      return presentPage(messages, 'messages', (message) => presentMessage(message, html.get(message.id)))
    },
  )
}
