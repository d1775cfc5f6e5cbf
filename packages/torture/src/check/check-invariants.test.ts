import { seededRandom } from '@maildesk/testkit/seeded-random'
import { describe, expect, test } from 'vitest'
import type { InvariantId, Violation } from '../contracts.ts'
import { checkInvariants } from './index.ts'
import { goodRun, type Run } from './testing/good-run.ts'

function judge(alter: (run: Run) => void) {
  const run = goodRun()
  alter(run)
  return checkInvariants(run.ledgers, run.snapshot)
}

/** The row at a place that the good run has. */
function at<Row>(rows: readonly Row[], index: number): Row {
  const row = rows[index]
  if (row === undefined) throw new RangeError(`no row ${index}`)
  return row
}

const again = <Row extends object>(rows: Row[], index: number, fields: Partial<Row> = {}) => {
  rows.push({ ...at(rows, index), ...fields })
}

describe('a good run', () => {
  test('is judged as such', () => {
    expect(judge(() => undefined)).toEqual({
      mails: 5,
      answers: 1,
      lost: 0,
      doubled: 0,
      misthreaded: 0,
      listedDoubles: 0,
      uncertain: 0,
      violations: [],
    })
  })

  test.each<[string, (run: Run) => void]>([
    [
      'has a mail that LMTP delivered twice without saying so',
      ({ snapshot }) => {
        again(snapshot.inbound, 2, { id: 'row-9', uid: 9, rawKey: 'raw-2' })
        snapshot.mailbox.set('9/9', 'raw-2')
      },
    ],
    [
      'has a mail moved away after it was filed',
      ({ snapshot }) => {
        snapshot.mailbox.delete('9/1')
      },
    ],
    [
      'has a poison mail that came twice, as copies of what cannot be read are not known',
      ({ snapshot }) => {
        again(snapshot.inbound, 4, { id: 'row-9', uid: 9 })
        snapshot.mailbox.set('9/9', 'raw-4')
      },
    ],
    [
      'has a mail again under a new UIDVALIDITY',
      ({ snapshot }) => {
        again(snapshot.inbound, 2, { id: 'row-9', uidValidity: '10', uid: 1, rawKey: 'raw-0' })
        snapshot.mailbox.delete('9/1')
        snapshot.mailbox.set('10/1', 'raw-0')
      },
    ],
    [
      'has an answer that left twice after the server refused it once',
      ({ ledgers }) => {
        again(ledgers.seen, 1, { finalReply: '451 later' })
      },
    ],
    [
      'has an answer whose fate is openly unknown',
      ({ ledgers, snapshot }) => {
        at(snapshot.outbound, 1).status = 'uncertain'
        ledgers.seen.pop()
      },
    ],
    [
      'accepted the same answer twice under one key',
      ({ ledgers }) => {
        again(ledgers.accepted, 0)
      },
    ],
    [
      'has mail that is none of the run',
      ({ snapshot }) => {
        again(snapshot.inbound, 4, { id: 'row-9', uid: 9, subject: 'a probe' })
      },
    ],
  ])('%s', (_, alter) => {
    expect(judge(alter).violations).toEqual([])
  })
})

type Case = readonly [what: string, alter: (run: Run) => void, kind: Violation['kind'], detail: string]

const cases: Readonly<Partial<Record<InvariantId, readonly Case[]>>> = {
  I1: [
    [
      'a mail that was not taken in',
      ({ ledgers, snapshot }) => {
        snapshot.mailbox.set('9/9', 'raw-9')
        ledgers.delivered.push({
          mail: { ...at(ledgers.delivered, 3).mail, mark: '[mark 7-9]', rootMark: '[mark 7-9]' },
          at: 950,
        })
      },
      'lost',
      '[mark 7-9]',
    ],
    [
      'a mail in the mailbox that nobody looked at',
      ({ snapshot }) => {
        snapshot.mailbox.set('9/9', 'raw-9')
      },
      'lost',
      '9/9 lies in the mailbox',
    ],
    [
      'a row for the same mail twice',
      ({ snapshot }) => again(snapshot.inbound, 2, { id: 'row-9' }),
      'doubled',
      '2 rows',
    ],
    [
      'a copy that was filed as well',
      ({ snapshot }) => {
        Object.assign(at(snapshot.inbound, 2), { status: 'filed', outcome: 'appended', duplicateOf: null })
        again(snapshot.messages, 0, { id: 'message-2', inboundEmailId: 'row-2', createdAt: 1002 })
      },
      'doubled',
      'filed 2 times',
    ],
    [
      'a copy of itself',
      ({ snapshot }) => {
        Object.assign(at(snapshot.inbound, 3), { status: 'duplicate', duplicateOf: 'row-3' })
        snapshot.messages.splice(2, 1)
        snapshot.tickets.pop()
      },
      'lost',
      'nothing but a copy',
    ],
    [
      'a copy of another mail',
      ({ snapshot }) => {
        at(snapshot.inbound, 2).duplicateOf = 'row-3'
      },
      'other',
      'points to row-3',
    ],
    [
      'a row that nobody worked on',
      ({ snapshot }) => {
        Object.assign(at(snapshot.inbound, 4), { status: 'received', outcome: null, finishedAt: null })
      },
      'late',
      'still received',
    ],
    [
      'a row without an end',
      ({ snapshot }) => {
        at(snapshot.inbound, 4).finishedAt = null
      },
      'other',
      'never finished',
    ],
    [
      'a good mail that was held',
      ({ snapshot }) => {
        Object.assign(at(snapshot.inbound, 1), { status: 'quarantined', reason: 'filing-failed' })
        snapshot.messages.splice(1, 1)
      },
      'other',
      'held because of filing-failed',
    ],
    [
      'a bad mail that was filed',
      ({ snapshot }) => {
        Object.assign(at(snapshot.inbound, 4), { status: 'filed', outcome: 'ignored_by_rule' })
      },
      'other',
      'was to be held',
    ],
    [
      'raw bytes that are gone',
      ({ snapshot }) => {
        snapshot.blobs.delete('raw-1')
      },
      'lost',
      'raw-1 is not kept',
    ],
    [
      'raw bytes that end in something else',
      ({ snapshot }) => {
        snapshot.endsAsDelivered.set('row-1', false)
      },
      'lost',
      'does not end in what was delivered',
    ],
    [
      'raw bytes of another mail',
      ({ snapshot }) => {
        at(snapshot.inbound, 1).rawKey = 'raw-0'
      },
      'lost',
      'is not what lies',
    ],
  ],
  I2: [
    [
      'a filed mail without a message',
      ({ snapshot }) => {
        snapshot.messages.splice(1, 1)
      },
      'lost',
      'no message',
    ],
    [
      'two messages of one row',
      ({ snapshot }) => again(snapshot.messages, 1, { id: 'message-9', createdAt: 1001 }),
      'doubled',
      '2 messages',
    ],
    [
      'a message that no row explains',
      ({ snapshot }) => again(snapshot.messages, 1, { id: 'message-9', inboundEmailId: null }),
      'doubled',
      'said again',
    ],
    [
      'a message of a copy',
      ({ snapshot }) =>
        again(snapshot.messages, 1, { id: 'message-9', inboundEmailId: 'row-2', text: '', createdAt: 1002 }),
      'unexplained',
      'is duplicate',
    ],
    [
      'a message of a row that is gone',
      ({ snapshot }) => again(snapshot.messages, 1, { id: 'message-9', inboundEmailId: 'row-9', text: '' }),
      'unexplained',
      'missing',
    ],
    [
      'two tickets of one mail',
      ({ snapshot }) => {
        again(snapshot.tickets, 0, { id: 'ticket-9', number: '9' })
        again(snapshot.messages, 3, { id: 'message-9', ticketId: 'ticket-9', text: '' })
      },
      'doubled',
      'opened 2 tickets: 1, 9',
    ],
    [
      'half a ticket',
      ({ snapshot }) => {
        at(snapshot.tickets, 1).title = 'cut'
        snapshot.tickets.push({ id: 'ticket-9', number: '9', title: 'Question [mark 7-3]' })
      },
      'unexplained',
      'ticket 9 of mail [mark 7-3] has no message',
    ],
    [
      'a reply in another ticket',
      ({ snapshot }) => {
        at(snapshot.messages, 1).ticketId = 'ticket-1'
      },
      'misthreaded',
      'its root [mark 7-0] in ticket-0',
    ],
    [
      'a mail of its own in another’s ticket',
      ({ snapshot }) => {
        at(snapshot.messages, 2).ticketId = 'ticket-0'
        snapshot.tickets.pop()
      },
      'misthreaded',
      'answers nothing',
    ],
  ],
  I3: [
    [
      'an attachment whose bytes are gone',
      ({ snapshot }) => {
        snapshot.blobs.delete('bill')
      },
      'lost',
      'blob bill is not kept',
    ],
    [
      'other bytes under a hash',
      ({ snapshot }) => {
        snapshot.blobs.set('bill', false)
      },
      'lost',
      'holds other bytes',
    ],
    [
      'a message without its attachment',
      ({ snapshot }) => {
        snapshot.attachments.pop()
      },
      'lost',
      'is not at message',
    ],
    ['an attachment twice', ({ snapshot }) => again(snapshot.attachments, 0), 'doubled', '2 times'],
    [
      'an attachment of another size',
      ({ snapshot }) => {
        at(snapshot.attachments, 0).size = 3
      },
      'other',
      '3 bytes, not 4',
    ],
    [
      'an attachment of another mail',
      ({ snapshot }) => again(snapshot.attachments, 0, { messageId: 'message-1' }),
      'unexplained',
      'had not',
    ],
  ],
  I4: [
    ['an answer that left twice', ({ ledgers }) => again(ledgers.seen, 1), 'doubled', 'left 2 times'],
    [
      'an answer that left twice without the first being answered',
      ({ ledgers }) => again(ledgers.seen, 1, { finalReply: null }),
      'doubled',
      '0 attempts listed',
    ],
    [
      'an acknowledgement that left twice, listed or not',
      ({ ledgers, snapshot }) => {
        at(snapshot.outbound, 0).uncertainAttempts = 3
        again(ledgers.seen, 0)
      },
      'doubled',
      'left 2 times',
    ],
    [
      'two acknowledgements of a mail',
      ({ ledgers, snapshot }) => {
        again(snapshot.outbound, 0, { id: 'ack-2', rfc822Id: 'ack-2@desk.test' })
        again(ledgers.seen, 0, { rfc822Id: 'ack-2@desk.test' })
      },
      'doubled',
      '2 times the acknowledgement of row-0',
    ],
    [
      'an acknowledgement that left before it was rolled back',
      ({ ledgers }) => again(ledgers.seen, 0, { rfc822Id: '<gone@desk.test>' }),
      'doubled',
      'has no row',
    ],
    [
      'a mail of nobody',
      ({ ledgers }) => again(ledgers.seen, 0, { rfc822Id: '<gone@desk.test>', inReplyTo: null }),
      'unexplained',
      'has no row',
    ],
    [
      'a mail to a stranger',
      ({ ledgers }) => again(ledgers.seen, 0, { recipients: ['eve@customer.test'] }),
      'unexplained',
      'none of its recipients',
    ],
    [
      'an acknowledgement of a machine’s mail',
      ({ snapshot }) => {
        at(snapshot.outbound, 0).causeInboundId = 'row-3'
      },
      'other',
      'answers a machine',
    ],
    [
      'a sent answer that never left',
      ({ ledgers }) => {
        ledgers.seen.pop()
      },
      'lost',
      'never left to customer-0',
    ],
    [
      'a sent answer that was refused at its end',
      ({ ledgers }) => {
        at(ledgers.seen, 1).finalReply = '554 no'
      },
      'lost',
      'never left',
    ],
    [
      'a sent answer of unknown delivery that never left',
      ({ ledgers, snapshot }) => {
        at(snapshot.outbound, 1).deliveries = [{ address: 'customer-0@customer.test', status: 'queued' }]
        ledgers.seen.pop()
      },
      'lost',
      'never left',
    ],
    [
      'a mail that nobody worked on',
      ({ snapshot, ledgers }) => {
        at(snapshot.outbound, 1).status = 'sending'
        ledgers.seen.pop()
      },
      'late',
      'still sending',
    ],
  ],
  I5: [
    [
      'an accepted answer that is not there',
      ({ snapshot }) => {
        snapshot.messages.pop()
      },
      'lost',
      'is not there',
    ],
    [
      'an accepted answer in other words',
      ({ snapshot }) => {
        at(snapshot.messages, 3).text = 'Dear customer'
      },
      'lost',
      'other words',
    ],
    [
      'an accepted answer in another ticket',
      ({ snapshot }) => {
        at(snapshot.messages, 3).ticketId = 'ticket-1'
      },
      'misthreaded',
      'in ticket ticket-1',
    ],
    [
      'an answer that is there twice',
      ({ snapshot }) => again(snapshot.messages, 3, { id: 'answer-2' }),
      'doubled',
      'also message answer-2',
    ],
    [
      'a key that made two messages',
      ({ ledgers, snapshot }) => {
        again(ledgers.accepted, 0, { messageId: 'answer-2' })
        again(snapshot.messages, 3, { id: 'answer-2' })
      },
      'doubled',
      'made 2 messages',
    ],
    [
      'an answer without a mail',
      ({ ledgers, snapshot }) => {
        snapshot.outbound.pop()
        ledgers.seen.pop()
      },
      'lost',
      'has no mail',
    ],
    [
      'an answer with two mails',
      ({ ledgers, snapshot }) => {
        again(snapshot.outbound, 1, { id: 'reply-2', rfc822Id: 'reply-2@desk.test' })
        again(ledgers.seen, 1, { rfc822Id: '<reply-2@desk.test>' })
      },
      'doubled',
      'has 2 mails',
    ],
    [
      'an answer whose mail was withdrawn',
      ({ ledgers, snapshot }) => {
        at(snapshot.outbound, 1).status = 'cancelled'
        ledgers.seen.pop()
      },
      'lost',
      'cancelled by nobody',
    ],
  ],
  I9: [
    [
      'a mail taken out of the mailbox before it had a row',
      ({ snapshot }) => {
        snapshot.inbound.pop()
        snapshot.mailbox.delete('9/5')
      },
      'lost',
      'gone from the mailbox',
    ],
    [
      'a mail flagged before it had a row',
      ({ snapshot }) => {
        snapshot.flagged.add('9/9')
      },
      'other',
      '9/9 is flagged',
    ],
  ],
  I10: [
    [
      'a reply shown before what it answers',
      ({ snapshot }) => {
        at(snapshot.messages, 1).createdAt = 999
      },
      'other',
      'before message-0',
    ],
    [
      'two mails of one millisecond, shown by their ids',
      ({ snapshot }) => {
        at(snapshot.messages, 0).createdAt = 1001
        at(snapshot.messages, 0).id = 'message-2'
        at(snapshot.attachments, 0).messageId = 'message-2'
      },
      'other',
      'message-1 before message-2',
    ],
  ],
}

for (const [invariant, altered] of Object.entries(cases)) {
  describe(`${invariant} alone is violated by`, () => {
    test.each([...altered])('%s', (_, alter, kind, detail) => {
      const account = judge(alter)
      expect(account.violations).toEqual([{ invariant, kind, detail: expect.stringContaining(detail) }])
      const { lost, doubled, misthreaded } = account
      expect({ lost, doubled, misthreaded }).toEqual({
        lost: kind === 'lost' ? 1 : 0,
        doubled: kind === 'doubled' ? 1 : 0,
        misthreaded: kind === 'misthreaded' ? 1 : 0,
      })
    })
  })
}

test('in which order rows are read does not matter', () => {
  const random = seededRandom(5)
  const altered = Object.entries(cases).flatMap(([, list]) => list)
  for (const [what, alter] of altered) {
    const run = goodRun()
    alter(run)
    const before = checkInvariants(run.ledgers, run.snapshot)
    const { inbound, messages, attachments, tickets, outbound } = run.snapshot
    for (const rows of [inbound, messages, attachments, tickets, outbound, run.ledgers.seen])
      rows.sort(() => random() - 0.5)
    const kindsOf = ({ violations }: typeof before) =>
      violations.map(({ invariant, kind }) => [invariant, kind])
    expect([what, kindsOf(checkInvariants(run.ledgers, run.snapshot))]).toEqual([what, kindsOf(before)])
  }
})

describe('what the desk owns up to', () => {
  test('is an answer that may have left twice, and did', () => {
    const account = judge(({ ledgers, snapshot }) => {
      at(snapshot.outbound, 1).uncertainAttempts = 1
      again(ledgers.seen, 1, { finalReply: null })
    })
    expect(account).toMatchObject({ listedDoubles: 1, doubled: 0, violations: [] })
  })

  test('is automatic mail that may never have left', () => {
    const account = judge(({ ledgers, snapshot }) => {
      Object.assign(at(snapshot.outbound, 0), { status: 'failed', uncertainAttempts: 1 })
      ledgers.seen.shift()
    })
    expect(account).toMatchObject({ uncertain: 1, violations: [] })
  })
})
