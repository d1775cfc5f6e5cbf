import { anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import type { InboundEmailId, MailboxId, TicketId, UserId } from '../ids.ts'
import type { TicketStatus, UserRole } from '../tickets/types.ts'
import type { MailKind } from './classify-email.ts'
import { decideInbound } from './decide-inbound.ts'
import { type EvidenceRank, evidenceRanks, type InboundFacts, type TicketEvidence } from './decision.ts'
import { inboundRules } from './rules/index.ts'

const day = 86_400_000
const policy = { parentWaitMs: 60_000, reopenMs: 14 * day, floodTicketsPerHour: 30 }

interface Said {
  readonly kind?: MailKind
  readonly sender?: Partial<InboundFacts['sender']>
  readonly evidence?: readonly TicketEvidence[]
  readonly duplicateOf?: string
  readonly pendingParent?: string
  readonly waitedMs?: number
}

function facts({
  kind = 'human',
  sender,
  evidence = [],
  duplicateOf,
  pendingParent,
  waitedMs = 0,
}: Said = {}): InboundFacts {
  return {
    sender: {
      address: 'ada@customer.example',
      userId: null,
      role: null,
      isActive: true,
      ticketsInLastHour: 0,
      ...sender,
    },
    classification: { kind, mayAnswer: kind === 'human', reasons: [] },
    evidence,
    duplicateOf: (duplicateOf ?? null) as InboundEmailId | null,
    pendingParent: (pendingParent ?? null) as InboundEmailId | null,
    waitedMs,
    policy,
  }
}

function pointing(rank: EvidenceRank, more: Partial<TicketEvidence> = {}): TicketEvidence {
  return {
    rank,
    matched: 'matched',
    ticketId: 'ticket-1' as TicketId,
    ticketNumber: '1',
    ticketStatus: 'open',
    closedForMs: null,
    mailboxId: 'mailbox-1' as MailboxId,
    messageId: null,
    isInternal: false,
    senderMayWrite: true,
    ...more,
  }
}

const decide = (said: Said) => decideInbound(anEmail(), facts(said))

test('every rule has a name of its own and a summary, and the last one always decides', () => {
  const names = inboundRules.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, summary } of inboundRules) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(summary).toMatch(/^[A-Z].*\.$/s)
  }
  expect(decide({})).toMatchObject({ verdict: { kind: 'open', link: null }, decidedBy: 'open-ticket' })
})

test('what was passed over and the facts are kept with the decision', () => {
  const said = facts()
  const decision = decideInbound(anEmail(), said)
  expect(decision.passedOver).toEqual(inboundRules.slice(0, -1).map(({ name }) => name))
  expect(decision.facts).toBe(said)
})

test('a table without a last word is a mistake of ours', () => {
  expect(() => decideInbound(anEmail(), facts(), inboundRules.slice(0, -1))).toThrow(RangeError)
})

describe('each rule decides its own case', () => {
  test.each<[string, Said, object]>([
    ['recognise-duplicates', { duplicateOf: 'mail-1' }, { kind: 'duplicate', of: 'mail-1' }],
    ['quarantine-loops', { kind: 'loop' }, { kind: 'quarantine', reason: 'loop' }],
    [
      'record-reports',
      { kind: 'bounce', evidence: [pointing('E1')] },
      { kind: 'record-report', ticketId: 'ticket-1', report: 'bounce' },
    ],
    [
      'record-reports',
      { kind: 'delivery_notice', evidence: [pointing('E2')] },
      { kind: 'record-report', ticketId: 'ticket-1', report: 'delivery_notice' },
    ],
    [
      'record-reports',
      { kind: 'complaint', evidence: [pointing('E2')] },
      { kind: 'record-report', ticketId: 'ticket-1', report: 'complaint' },
    ],
    ['record-reports', { kind: 'bounce' }, { kind: 'quarantine', reason: 'backscatter' }],
    ['quarantine-without-sender', { sender: { address: '' } }, { kind: 'quarantine', reason: 'no-sender' }],
    [
      'quarantine-blocked-senders',
      { sender: { isActive: false } },
      { kind: 'quarantine', reason: 'sender-deactivated' },
    ],
    ['wait-for-parent', { pendingParent: 'mail-1', waitedMs: 59_999 }, { kind: 'wait', for: 'mail-1' }],
    [
      'append-by-evidence',
      { evidence: [pointing('E4')] },
      { kind: 'append', ticketId: 'ticket-1', reopen: false, internal: false, unverified: false },
    ],
    [
      'quarantine-stray-auto-replies',
      { kind: 'auto_reply' },
      { kind: 'quarantine', reason: 'auto-reply-without-ticket' },
    ],
    ['quarantine-floods', { sender: { ticketsInLastHour: 30 } }, { kind: 'quarantine', reason: 'flood' }],
    ['open-ticket', { kind: 'auto_generated' }, { kind: 'open', link: null }],
  ])('%s: %o', (rule, said, verdict) => {
    expect(decide(said)).toMatchObject({ decidedBy: rule, verdict })
  })

  test.each<[string, Said]>([
    ['a parent that was waited for long enough', { pendingParent: 'mail-1', waitedMs: 60_000 }],
    ['a sender one short of a flood', { sender: { ticketsInLastHour: 29 } }],
    ['a monitoring mail without a ticket', { kind: 'auto_generated' }],
  ])('%s opens a ticket', (_name, said) => {
    expect(decide(said).verdict).toEqual({ kind: 'open', link: null })
  })

  test.each(['E4', 'E5', 'E7'] as const)('a report that only %s ties to a ticket is backscatter', (rank) => {
    const evidence = [pointing(rank)]
    expect(decide({ kind: 'bounce', evidence }).verdict).toEqual({
      kind: 'quarantine',
      reason: 'backscatter',
    })
  })

  test('a reply that names its ticket does not wait for its parent', () => {
    expect(decide({ pendingParent: 'mail-1', evidence: [pointing('E1')] }).decidedBy).toBe(
      'append-by-evidence',
    )
  })
})

describe('the order of the rules', () => {
  /** Each entry also fits every later one, but must be decided by its own rule. */
  const cases: readonly [string, Said][] = [
    ['recognise-duplicates', { duplicateOf: 'mail-1', kind: 'loop' }],
    ['quarantine-loops', { kind: 'loop', sender: { address: '' }, evidence: [pointing('E1')] }],
    [
      'record-reports',
      { kind: 'bounce', sender: { address: '', isActive: false }, evidence: [pointing('E1')] },
    ],
    ['quarantine-without-sender', { sender: { address: '', isActive: false } }],
    ['quarantine-blocked-senders', { sender: { isActive: false }, pendingParent: 'mail-1' }],
    ['wait-for-parent', { pendingParent: 'mail-1', kind: 'auto_reply', sender: { ticketsInLastHour: 99 } }],
    [
      'append-by-evidence',
      { kind: 'auto_reply', sender: { ticketsInLastHour: 99 }, evidence: [pointing('E2')] },
    ],
    ['quarantine-stray-auto-replies', { kind: 'auto_reply', sender: { ticketsInLastHour: 99 } }],
    ['quarantine-floods', { sender: { ticketsInLastHour: 99 } }],
    ['open-ticket', {}],
  ]

  test.each(cases)('%s comes before what else would fit', (rule, said) => {
    expect(decide(said).decidedBy).toBe(rule)
  })

  test('is the order of the policy', () => {
    expect(inboundRules.map(({ name }) => name)).toEqual(cases.map(([rule]) => rule))
  })

  test('a deactivated person cannot write to their own ticket', () => {
    const evidence = [pointing('E1')]
    expect(decide({ sender: { isActive: false }, evidence }).verdict.kind).toBe('quarantine')
  })
})

/*
 * Who may join which ticket with which evidence: every combination, against the rules written out once more.
 */
describe('joining a ticket', () => {
  type Who = 'participant' | 'unknown' | 'staff'
  type State = 'open' | 'resolved' | 'closed lately' | 'closed long ago'
  const people: readonly Who[] = ['participant', 'unknown', 'staff']
  const states: readonly State[] = ['open', 'resolved', 'closed lately', 'closed long ago']
  const kinds: readonly MailKind[] = ['human', 'auto_reply', 'auto_generated']
  const roles: Record<Who, UserRole | null> = { participant: 'customer', unknown: null, staff: 'provider' }

  function said(rank: EvidenceRank, who: Who, state: State, kind: MailKind): Said {
    const status: TicketStatus = state.startsWith('closed') ? 'closed' : (state as TicketStatus)
    const closedForMs = status === 'closed' ? (state === 'closed lately' ? 14 * day : 14 * day + 1) : null
    const userId = who === 'unknown' ? null : ('user-1' as UserId)
    const evidence = [
      pointing(rank, { ticketStatus: status, closedForMs, senderMayWrite: who !== 'unknown' }),
    ]
    return { kind, sender: { role: roles[who], userId }, evidence }
  }

  const table = evidenceRanks.flatMap((rank) =>
    people.flatMap((who) => states.flatMap((state) => kinds.map((kind) => ({ rank, who, state, kind })))),
  )

  test.each(table)('$rank, $who, ticket $state, $kind', ({ rank, who, state, kind }) => {
    const { verdict } = decide(said(rank, who, state, kind))
    const human = kind === 'human'

    if (rank === 'E7' && who === 'unknown') {
      // A number is no right: the stranger gets a ticket of their own, an automatic reply none.
      expect(verdict).toEqual(
        kind === 'auto_reply'
          ? { kind: 'quarantine', reason: 'auto-reply-without-ticket' }
          : { kind: 'open', link: { ticketId: 'ticket-1', relation: 'possibly_related' } },
      )
      return
    }
    if (human && who !== 'staff' && state === 'closed long ago') {
      const relation = who === 'unknown' ? 'possibly_related' : 'follow_up_of'
      expect(verdict).toEqual({ kind: 'open', link: { ticketId: 'ticket-1', relation } })
      return
    }
    expect(verdict).toEqual({
      kind: 'append',
      ticketId: 'ticket-1',
      // Machines, strangers and agents never reopen.
      reopen: human && who === 'participant' && state !== 'open',
      internal: who === 'staff',
      unverified: who === 'unknown',
    })
  })

  test('a ticket in progress is not "reopened"', () => {
    const evidence = [pointing('E4', { ticketStatus: 'in_progress' })]
    expect(decide({ evidence }).verdict).toMatchObject({ kind: 'append', reopen: false })
  })

  test('an answer to an internal message stays internal, whoever writes it', () => {
    const evidence = [pointing('E2', { isInternal: true })]
    expect(decide({ evidence }).verdict).toMatchObject({ kind: 'append', internal: true, unverified: false })
  })

  test('what an admin writes by mail stays inside too', () => {
    expect(decide({ sender: { role: 'admin' }, evidence: [pointing('E1')] }).verdict).toMatchObject({
      internal: true,
    })
  })

  test('the strongest evidence names the ticket', () => {
    const evidence = [
      pointing('E4', { ticketId: 'near' as TicketId }),
      pointing('E5', { ticketId: 'far' as TicketId }),
    ]
    expect(decide({ evidence }).verdict).toMatchObject({ kind: 'append', ticketId: 'near' })
  })

  test('a number of a ticket that is not the sender’s gives way to an older sign of one that is', () => {
    const foreign = pointing('E7', { ticketId: 'foreign' as TicketId, senderMayWrite: false })
    expect(decide({ evidence: [foreign, pointing('E7')] }).verdict).toMatchObject({
      kind: 'append',
      ticketId: 'ticket-1',
    })
  })

  test('the requester is never changed: no verdict can say so', () => {
    const verdicts = table.map((row) =>
      Object.keys(decide(said(row.rank, row.who, row.state, row.kind)).verdict),
    )
    expect(new Set(verdicts.flat())).toEqual(
      new Set(['kind', 'ticketId', 'reopen', 'internal', 'unverified', 'link', 'reason']),
    )
  })
})
