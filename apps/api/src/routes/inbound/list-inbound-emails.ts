import { inboundOutcomes, inboundStatuses, type MailboxId, type TicketId } from '@maildesk/core'
import { listInboundEmails as readInboundEmails } from '@maildesk/db'
import { Type } from 'typebox'
import { type ApiApp, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { InboundEmailSchema, presentInboundEmail } from '../../resources/ledger.ts'
import { answers, OneOf, PageOf, Uuid } from '../../resources/schema.ts'

const Query = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(OneOf(inboundStatuses)),
    outcome: Type.Optional(OneOf(inboundOutcomes)),
    reason: Type.Optional(
      Type.String({ maxLength: 100, description: 'Why it is held: `flood`, `rule:spam` …' }),
    ),
    mailbox_id: Type.Optional(Uuid()),
    ticket_id: Type.Optional(Uuid()),
  },
  { additionalProperties: false },
)

export function listInboundEmails(app: ApiApp, { db }: ApiDeps): void {
  app.get(
    '/api/v1/inbound-emails',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['inbound'],
        summary: 'Every mail that reached us, newest first',
        querystring: Query,
        response: answers(200, PageOf(InboundEmailSchema)),
      },
    },
    async ({ query }) => {
      const filter = {
        ...(query.status ? { status: query.status } : {}),
        ...(query.outcome ? { outcome: query.outcome } : {}),
        ...(query.reason ? { reason: query.reason } : {}),
        ...(query.mailbox_id ? { mailboxId: query.mailbox_id as MailboxId } : {}),
        ...(query.ticket_id ? { ticketId: query.ticket_id as TicketId } : {}),
      }
      return presentPage(
        await readInboundEmails(db, filter, pageRequest(query, 'inbound')),
        'inbound',
        presentInboundEmail,
      )
    },
  )
}
