import {
  type FieldError,
  headerNameOf,
  invalidFields,
  type MailboxId,
  type MailRule,
  type ParsedEmail,
  readMailRule,
} from '@maildesk/core'
import { listMailboxes, listPastMail, type PastMail } from '@maildesk/db'
import { tryMailRules } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { answers, Body, Defaulted, isoTime, Time, Uuid } from '../../resources/schema.ts'

/** Mails tried at once. */
const maxLast = 500
/** Rules tried at once. */
const maxTried = 50
/** The database keeps nothing of these; only the raw mail, which the API does not parse, has them. */
const needRaw = ['to', 'cc', 'recipient']
/** These are known of mail that is in a ticket. */
const needMessage = ['body', 'attachment_name', 'attachment_type']

const DryRun = Body({
  rules: Type.Array(Type.Unsafe<unknown>({ type: 'object' }), {
    minItems: 1,
    maxItems: maxTried,
    description: 'As they would be written, in their order.',
  }),
  last: Defaulted(Type.Integer({ minimum: 1, maximum: maxLast }), 100),
  since: Type.Optional(Time('Only mail that came since.')),
  mailbox_id: Type.Optional(Uuid('Only mail of this mailbox.')),
})
const Answer = Type.Object({
  tried: Type.Integer({ description: 'Mails looked at.' }),
  not_known: Type.Integer({
    description: 'Mails whose content is in no ticket, while the rules ask for it; not tried.',
  }),
  items: Type.Array(
    Type.Object({
      inbound_email_id: Uuid(),
      received_at: Time(),
      from_address: Type.String(),
      subject: Type.String(),
      outcome: Type.String(),
      is_asked: Type.Boolean({ description: 'False for mail that the policy decides alone.' }),
      matched: Type.Unsafe<readonly unknown[]>({
        type: 'array',
        items: { type: 'object', additionalProperties: true },
      }),
      actions: Type.Unsafe<unknown>({ type: 'object', additionalProperties: true }),
    }),
  ),
})

export function dryRunInboundRules(app: ApiApp, { db }: ApiDeps): void {
  app.post(
    '/api/v1/inbound-rules/dry-run',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['inbound-rules'],
        summary: 'What rules would do with mail that came already; writes nothing',
        description:
          'By what the database knows: sender, subject, size, kind, authentication, and for mail in a ticket its text and files. Conditions on to, cc, recipient and header fields need the raw mail: `maildesk rule test` reads that.',
        body: DryRun,
        response: answers(200, Answer),
      },
    },
    async ({ body }) => {
      const rules = readRules(body.rules)
      const fields = new Set(rules.flatMap(({ conditions }) => conditions.map(({ field }) => field)))
      const past = await listPastMail(db, {
        last: body.last,
        ...(body.mailbox_id ? { mailboxId: body.mailbox_id as MailboxId } : {}),
        ...(body.since ? { since: new Date(body.since) } : {}),
      })
      const wantsContent = needMessage.some((field) => fields.has(field))
      const known = past.filter(({ text }) => text !== null || !wantsContent)
      const mailboxes = await listMailboxes(db)
      return {
        tried: known.length,
        not_known: past.length - known.length,
        items: known.flatMap((mail) => {
          const { matched, actions, isAsked } = tryMailRules(rules, mail.row, knownOf(mail), mailboxes)
          if (matched.length === 0) return []
          return [
            {
              inbound_email_id: mail.row.id,
              received_at: isoTime(mail.row.received_at),
              from_address: mail.row.from_address,
              subject: mail.row.subject,
              outcome: mail.row.outcome ?? mail.row.status,
              is_asked: isAsked,
              matched,
              actions,
            },
          ]
        }),
      }
    },
  )
}

function readRules(written: readonly unknown[]): MailRule[] {
  const errors: FieldError[] = []
  const rules = written.flatMap((one, index) => {
    const reading = readMailRule(one)
    if (!reading.ok) {
      errors.push(
        ...reading.errors.map(({ field, message }) => ({ field: `rules.${index}.${field}`, message })),
      )
      return []
    }
    reading.rule.conditions.forEach(({ field }, place) => {
      if (needRaw.includes(field) || headerNameOf(field) !== undefined)
        errors.push({
          field: `rules.${index}.conditions.${place}`,
          message: `asks for ${field}, which only the raw mail has; use: maildesk rule test`,
        })
    })
    return [{ ...reading.rule, id: String(index) }]
  })
  if (errors.length > 0) throw invalidFields(...errors)
  return rules
}

/** What the database knows, in the form of a mail; the rest is empty, and no rule here asks for it. */
function knownOf({ row, text, files }: PastMail): ParsedEmail {
  return {
    messageId: row.rfc822_id,
    inReplyTo: [],
    references: [],
    date: null,
    from: [{ name: '', address: row.from_address }],
    sender: null,
    replyTo: [],
    to: [],
    cc: [],
    subject: row.subject,
    text: text ?? '',
    html: null,
    reply: { ranges: [], htmlRanges: null, reasons: [] },
    parts: files.map((file, index) => ({
      ...file,
      path: String(index + 1),
      blob: row.raw_key,
      disposition: 'attachment',
      contentId: null,
    })),
    reportParts: [],
    attachedMails: [],
    headers: [],
    warnings: [],
  }
}
