import { type AttachmentId, type FieldError, invalidFields } from '@maildesk/core'
import { findMessageView, findUser, type MessageView, type UserRow } from '@maildesk/db'
import { postMessage as postMessageFlow } from '@maildesk/flows'
import { type Static, Type } from 'typebox'
import { type ApiApp, actorOf, everyRole, isStaff } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { MessageSchema, presentMessage } from '../../resources/message.ts'
import {
  answers,
  Body,
  Defaulted,
  IdempotencyHeaders,
  IdParams,
  Ref,
  Time,
  Uuid,
} from '../../resources/schema.ts'
import { TicketFields } from '../../resources/ticket.ts'
import { getVisibleTicket } from '../../visible.ts'

const NewMessage = Body({
  message_text: TicketFields.message_text,
  is_internal: Defaulted(Type.Boolean({ description: 'A note among staff; never mailed.' }), false),
  attachment_ids: Defaulted(Type.Array(Uuid(), { maxItems: 50, uniqueItems: true }), []),
  override_suppression: Defaulted(
    Type.Boolean({ description: 'Mail it also to addresses whose mail keeps failing. For staff.' }),
    false,
  ),
  cc: Type.Optional(
    Type.Array(Type.String({ minLength: 3, maxLength: 254 }), {
      maxItems: 48,
      description:
        'Who gets copies of a public answer by staff; without it those who take part in the ticket do. For staff.',
    }),
  ),
  scheduled_for: Type.Optional(
    Time('When the mail of a public answer by staff leaves at the earliest; within a year. For staff.'),
  ),
})

export function postMessage(app: ApiApp, deps: ApiDeps): void {
  app.post(
    '/api/v1/tickets/:id/messages',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['messages'],
        summary: 'Answer a ticket, or add a note',
        description:
          "A public answer by staff is mailed to the customer, with copies to those who take part, as soon as it cannot be taken back any more (`undo_seconds` of the mailbox), and takes an open ticket into progress; other statuses stay. A customer's answer reopens what was resolved or closed lately; later it is refused with 409.",
        params: IdParams,
        headers: IdempotencyHeaders,
        body: NewMessage,
        response: answers(201, Ref(MessageSchema)),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { message_text, is_internal, attachment_ids, override_suppression } = request.body
      if (is_internal && !isStaff(actor))
        throw invalidFields({ field: 'is_internal', message: 'is for staff' })
      const sending = sendingWishes(deps, request.body, isStaff(actor) && !is_internal)
      if (override_suppression && !isStaff(actor))
        throw invalidFields({ field: 'override_suppression', message: 'is for staff' })
      const ticket = await getVisibleTicket(deps.db, actor, request.params.id)
      const created = await createOnce(deps, request, async (tx) => {
        const { message, rings } = await postMessageFlow(tx, deps, {
          ticketId: ticket.id,
          author: (await findUser(tx, actor.userId)) as UserRow,
          text: message_text,
          isInternal: is_internal,
          attachmentIds: attachment_ids as AttachmentId[],
          overridesSuppression: override_suppression,
          ...sending,
        })
        const shown = (await findMessageView(tx, message.id)) as MessageView
        return { body: presentMessage(shown), location: `/api/v1/tickets/${ticket.id}/messages`, rings }
      })
      return sendCreated(reply, created)
    },
  )
}

/** How far ahead a mail may be scheduled, milliseconds: a year. */
const maxAheadMs = 366 * 24 * 60 * 60 * 1000

/** @throws MaildeskError request.invalid with every field at fault. */
function sendingWishes(
  deps: Pick<ApiDeps, 'clock' | 'isSendable'>,
  { cc, scheduled_for }: Static<typeof NewMessage>,
  isMailed: boolean,
) {
  const at = scheduled_for === undefined ? null : new Date(scheduled_for)
  const problems: FieldError[] = []
  const refuse = (field: string, message: string) => problems.push({ field, message })
  if (!isMailed && cc) refuse('cc', 'is for public answers by staff')
  if (!isMailed && at) refuse('scheduled_for', 'is for public answers by staff')
  cc?.forEach((address, index) => {
    if (!deps.isSendable(address.trim())) refuse(`cc.${index}`, 'is not an address that mail can be sent to')
  })
  if (at && at.getTime() - deps.clock.now().getTime() > maxAheadMs)
    refuse('scheduled_for', 'is more than a year ahead')
  if (problems.length > 0) throw invalidFields(...problems)
  return { cc, scheduledFor: at }
}
