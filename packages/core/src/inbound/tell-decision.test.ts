import { expect, test } from 'vitest'
import type { InboundDecision, InboundFacts } from './decision.ts'
import { tellDecision } from './tell-decision.ts'

const decision = {
  verdict: {
    kind: 'append',
    ticketId: 'b',
    reopen: true,
    internal: false,
    unverified: false,
    admits: false,
  },
  decidedBy: 'append-by-evidence',
  passedOver: [],
  facts: {
    sender: {
      address: 'ada@customer.example',
      userId: null,
      role: 'customer',
      isActive: true,
      ticketsInLastHour: 0,
      sameBodyInLastHour: 0,
    },
    classification: {
      kind: 'human',
      mayAnswer: false,
      reasons: [{ rule: 'list-id', evidence: '<talk.example>' }],
    },
    authentication: 'pass',
    evidence: [
      {
        rank: 'E1',
        matched: 'support+t1.4@desk.example',
        ticketId: 'b',
        ticketNumber: '9',
        mergedFrom: ['4'],
        senderMayWrite: true,
      },
      {
        rank: 'E7',
        matched: '[#3]',
        ticketId: 'c',
        ticketNumber: '3',
        mergedFrom: [],
        senderMayWrite: false,
      },
    ],
  },
} as unknown as InboundDecision

test('a decision is told line by line: what, by which rule, on which evidence, from whom, of what kind', () => {
  expect(tellDecision(decision)).toEqual([
    'added to ticket #9, and reopened it',
    expect.stringMatching(/^decided by append-by-evidence: The strongest evidence/),
    'E1 a token of ours in an address it was sent to → ticket #9 (merged from #4): support+t1.4@desk.example; used; the sender belongs to it',
    'E7 the ticket number in its subject → ticket #3: [#3]; not used; the sender does not belong to it',
    'from ada@customer.example (customer); the sender is who From says (DMARC)',
    'human mail; gets no automatic answer because of list-id (<talk.example>)',
  ])
})

test.each<[InboundDecision['verdict'], string]>([
  [{ kind: 'open', link: null }, 'opened a ticket'],
  [
    { kind: 'open', link: { ticketId: 'c' as never, relation: 'follow_up_of' } },
    'opened a ticket, linked to ticket #3 as follow up of',
  ],
  [{ kind: 'quarantine', reason: 'flood' }, 'held in quarantine: flood'],
  [{ kind: 'duplicate', of: 'x' as never }, 'kept as a duplicate of inbound email x'],
  [{ kind: 'wait', for: 'x' as never }, 'waits for inbound email x, which it answers'],
  [
    { kind: 'record-report', ticketId: 'b' as never, outboundEmailId: 'o' as never, report: 'bounce' },
    'noted on ticket #9 as bounce',
  ],
])('%o is told as: %s', (verdict, told) => {
  expect(tellDecision({ ...decision, verdict })[0]).toBe(told)
})

test('a mail that nobody sent and that points nowhere is told too', () => {
  const facts: InboundFacts = {
    ...decision.facts,
    evidence: [],
    sender: { ...decision.facts.sender, address: '', role: null },
  }
  const lines = tellDecision({ ...decision, facts, verdict: { kind: 'open', link: null } })
  expect(lines).toContain('nothing in it points to a ticket')
  expect(lines).toContain('from nobody; the sender is who From says (DMARC)')
})

const told = (verdict: object) => tellDecision({ ...decision, verdict } as InboundDecision)[0]

test.each([
  [
    { kind: 'append', ticketId: 'b', agent: { kind: 'speak' } },
    'added to ticket #9, and sent on to the customer',
  ],
  [
    {
      kind: 'append',
      ticketId: 'b',
      internal: true,
      agent: { kind: 'hold', reason: 'unverified', missing: ['token', 'authenticated'] },
    },
    'added to ticket #9, as an internal note, held back from the customer: unverified (missing: token, authenticated)',
  ],
  [
    { kind: 'log', ticketId: 'b', reason: 'automatic-mail-of-staff' },
    'noted on ticket #9 and shown to nobody: automatic mail of staff',
  ],
  [
    { kind: 'open', link: null, onBehalfOf: { name: '', address: 'ada@customer.example' } },
    'opened a ticket of ada@customer.example, whose mail staff handed in',
  ],
  [
    { kind: 'open', link: null, requesterCandidates: [] },
    'opened a ticket; whose mail was handed in is for a person to say',
  ],
])('mail of staff is told of: %o', (verdict, expected) => {
  expect(told(verdict)).toBe(expected)
})
