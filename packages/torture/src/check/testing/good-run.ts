// A small run in which all went well: three mails, a copy, a held one, an answer, an acknowledgement.
import type { Ledgers, MadeMail, Snapshot } from '../../contracts.ts'

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** What of a list may be altered by a test. */
type Rows<List extends readonly unknown[]> = Mutable<List[number]>[]

export interface Run {
  readonly ledgers: {
    readonly delivered: Rows<Ledgers['delivered']>
    readonly accepted: Rows<Ledgers['accepted']>
    readonly seen: Rows<Ledgers['seen']>
  }
  readonly snapshot: {
    readonly inbound: Rows<Snapshot['inbound']>
    readonly messages: Rows<Snapshot['messages']>
    readonly attachments: Rows<Snapshot['attachments']>
    readonly tickets: Rows<Snapshot['tickets']>
    readonly outbound: Rows<Snapshot['outbound']>
    readonly blobs: Map<string, boolean>
    readonly endsAsDelivered: Map<string, boolean>
    readonly mailbox: Map<string, string>
    readonly flagged: Set<string>
  }
}

const markOf = (index: number) => `[mark 7-${index}]`
const customer = (index: number) => `customer-${index}@customer.test`

function mailOf(index: number, fields: Partial<MadeMail> = {}): MadeMail {
  return {
    index,
    messageId: `mail-${index}@customer.test`,
    mark: markOf(index),
    rootMark: markOf(index),
    from: customer(index),
    raw: Buffer.from(`mail ${index}`),
    expects: 'filed',
    attachments: [],
    ...fields,
  }
}

/** A new one at every call, to be altered. Rows stand in the order of the mails: opener, reply, copy, other, held. */
export function goodRun(): Run {
  const opener = mailOf(0, { attachments: [{ filename: 'bill.pdf', sha256: 'bill', size: 4 }] })
  const reply = mailOf(1, { rootMark: opener.mark, from: opener.from })
  const copy = { ...opener, index: 2, expects: 'duplicate' as const }
  const other = mailOf(3, { isAutomatic: true })
  const held = mailOf(4, { expects: 'quarantined' })
  const mails = [opener, reply, copy, other, held]
  const row = (index: number, status: string, outcome: string, ticketId: string | null) => ({
    id: `row-${index}`,
    subject: `Question ${mails[index]?.mark}`,
    status,
    outcome,
    reason: status === 'quarantined' ? 'limit-exceeded' : null,
    ticketId,
    duplicateOf: status === 'duplicate' ? 'row-0' : null,
    rawKey: `raw-${index}`,
    uidValidity: '9',
    uid: index + 1,
    receivedAt: 1000 + index,
    finishedAt: 2000 + index,
  })
  const message = (index: number, ticketId: string) => ({
    id: `message-${index}`,
    ticketId,
    inboundEmailId: `row-${index}`,
    rfc822Id: mails[index]?.messageId ?? null,
    text: `about ${mails[index]?.mark}`,
    createdAt: 1000 + index,
  })
  const outbound = (id: string, kind: string, address: string) => ({
    id,
    kind,
    status: 'sent',
    ticketId: 'ticket-0',
    messageId: kind === 'reply' ? 'answer' : null,
    causeInboundId: kind === 'acknowledgement' ? 'row-0' : null,
    rfc822Id: `${id}@desk.test`,
    uncertainAttempts: 0,
    deliveries: [{ address, status: 'sent' }],
  })
  const seen = (id: string, isAutomatic: boolean) => ({
    rfc822Id: `<${id}@desk.test>`,
    recipients: [customer(0)],
    isAutomatic,
    inReplyTo: '<mail-0@customer.test>',
    finalReply: '250 2.0.0 taken',
    at: 3000,
  })
  return {
    ledgers: {
      delivered: mails.map((mail, index) => ({ mail, at: 900 + index })),
      accepted: [
        {
          idempotencyKey: 'key',
          ticketId: 'ticket-0',
          messageId: 'answer',
          mark: '[mark answer-0]',
          at: 2500,
        },
      ],
      seen: [seen('ack', true), seen('reply', false)],
    },
    snapshot: {
      inbound: [
        row(0, 'filed', 'new_ticket', 'ticket-0'),
        row(1, 'filed', 'appended', 'ticket-0'),
        row(2, 'duplicate', 'duplicate', 'ticket-0'),
        row(3, 'filed', 'new_ticket', 'ticket-1'),
        row(4, 'quarantined', 'dead_letter', null),
      ].map((one, index) => (index === 2 ? { ...one, subject: `Question ${opener.mark}` } : one)),
      messages: [
        message(0, 'ticket-0'),
        message(1, 'ticket-0'),
        message(3, 'ticket-1'),
        {
          id: 'answer',
          ticketId: 'ticket-0',
          inboundEmailId: null,
          rfc822Id: 'reply@desk.test',
          text: 'Dear customer, [mark answer-0]',
          createdAt: 2500,
        },
      ],
      attachments: [{ messageId: 'message-0', filename: 'bill.pdf', file: 'bill', size: 4 }],
      tickets: [
        { id: 'ticket-0', number: '1', title: `Question ${opener.mark}` },
        { id: 'ticket-1', number: '2', title: `Question ${other.mark}` },
      ],
      outbound: [outbound('ack', 'acknowledgement', customer(0)), outbound('reply', 'reply', customer(0))],
      blobs: new Map([...mails.map((_, index) => `raw-${index}`), 'bill'].map((key) => [key, true])),
      endsAsDelivered: new Map(mails.map((_, index) => [`row-${index}`, true])),
      mailbox: new Map(mails.map((_, index) => [`9/${index + 1}`, `raw-${index}`])),
      flagged: new Set(['9/1']),
    },
  }
}
