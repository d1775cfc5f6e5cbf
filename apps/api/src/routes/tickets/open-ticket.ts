import {
  type FieldError,
  invalidFields,
  type MailboxId,
  ticketCategories,
  ticketPriorities,
  type UserId,
} from '@maildesk/core'
import { findUser, type UserRow } from '@maildesk/db'
import { openTicket as openTicketFlow, type TicketToOpen } from '@maildesk/flows'
import { type Static, Type } from 'typebox'
import { type ApiApp, actorOf, everyRole } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { setEtag } from '../../if-match.ts'
import { answers, Body, Defaulted, IdempotencyHeaders, OneOf, Ref, Uuid } from '../../resources/schema.ts'
import { presentTicket, TicketFields, TicketSchema } from '../../resources/ticket.ts'

const NewTicket = Body({
  title: TicketFields.title,
  message_text: TicketFields.message_text,
  category: Defaulted(OneOf(ticketCategories), 'general'),
  priority: Defaulted(OneOf(ticketPriorities), 'medium'),
  tags: Type.Optional(TicketFields.tags),
  source: Defaulted(OneOf(['web', 'phone', 'mobile']), 'web'),
  customer_id: Type.Optional(Uuid('Staff: whose ticket it is.')),
  customer_email: Type.Optional(
    Type.String({
      format: 'email',
      description: 'Staff: the same by address; the person is added when new.',
    }),
  ),
  mailbox_id: Type.Optional(Uuid('Staff: the mailbox it is answered from.')),
})

export function openTicket(app: ApiApp, deps: ApiDeps): void {
  app.post(
    '/api/v1/tickets',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['tickets'],
        summary: 'Open a ticket with its first message',
        description:
          'Customers open their own. Staff name the customer by `customer_id` or `customer_email`; the first message is theirs and is not mailed.',
        headers: IdempotencyHeaders,
        body: NewTicket,
        response: answers(201, Ref(TicketSchema)),
      },
    },
    async (request, reply) => {
      const created = await createOnce(deps, request, async (tx) => {
        const author = (await findUser(tx, actorOf(request).userId)) as UserRow
        const { ticket, rings } = await openTicketFlow(tx, deps, draftOf(author, request.body))
        return { body: presentTicket(ticket), location: `/api/v1/tickets/${ticket.id}`, rings }
      })
      setEtag(reply, created.body)
      return sendCreated(reply, created)
    },
  )
}

function draftOf(author: UserRow, body: Static<typeof NewTicket>): TicketToOpen {
  return {
    author,
    customer: customerOf(author, body),
    title: body.title,
    text: body.message_text,
    category: body.category,
    priority: body.priority,
    tags: body.tags ?? [],
    source: body.source,
    mailboxId: (body.mailbox_id as MailboxId | undefined) ?? null,
  }
}

function customerOf(
  author: UserRow,
  { customer_id, customer_email, mailbox_id }: Static<typeof NewTicket>,
): TicketToOpen['customer'] {
  if (author.role === 'customer') {
    const forStaff = Object.entries({ customer_id, customer_email, mailbox_id }).filter(
      ([, value]) => value !== undefined,
    )
    if (forStaff.length > 0)
      throw invalidFields(...forStaff.map(([field]): FieldError => ({ field, message: 'is for staff' })))
    return { kind: 'author' }
  }
  if (customer_id !== undefined && customer_email !== undefined) {
    throw invalidFields({ field: 'customer_email', message: 'cannot stand beside customer_id' })
  }
  if (customer_id !== undefined) return { kind: 'id', id: customer_id as UserId }
  if (customer_email !== undefined) return { kind: 'email', email: customer_email }
  throw invalidFields({ field: 'customer_id', message: 'is required, or customer_email' })
}
