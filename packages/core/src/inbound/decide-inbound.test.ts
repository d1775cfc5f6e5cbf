import { anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import type { InboundEmailId, MailboxId, OutboundEmailId, TicketId, UserId } from '../ids.ts'
import { wholeRange } from '../text/reply/reply-reading.ts'
import type { TicketStatus, UserRole } from '../tickets/types.ts'
import type { MailKind } from './classify-email.ts'
import { decideInbound } from './decide-inbound.ts'
import {
  type AuthenticationVerdict,
  type EvidenceRank,
  evidenceRanks,
  type FiledCopy,
  type InboundFacts,
  type LateAnswers,
  type StaffFacts,
  type TicketEvidence,
} from './decision.ts'
import type { ReportedMail } from './match-report.ts'
import { inboundRules } from './rules/index.ts'

const day = 86_400_000
const policy: InboundFacts['policy'] = {
  parentWaitMs: 60_000,
  reopenMs: 14 * day,
  lateAnswers: 'new_linked',
  isSubjectStrict: false,
  acceptsRequesterDomain: false,
  opensOwnCopies: false,
  floodTicketsPerHour: 30,
}

const staffFacts: StaffFacts = {
  answersGoToSender: true,
  isTrustedMailbox: false,
  repeatsNotification: false,
}

interface Said {
  readonly kind?: MailKind
  readonly sender?: Partial<InboundFacts['sender']>
  readonly evidence?: readonly TicketEvidence[]
  readonly duplicateOf?: string
  readonly pendingParent?: string
  readonly waitedMs?: number
  readonly subject?: string
  readonly more?: Partial<Omit<InboundFacts, 'policy'>>
  readonly policy?: Partial<InboundFacts['policy']>
}

/** A copy that was filed before, in a ticket of that mailbox. */
function copyIn(mailboxId: string, id = 'mail-1'): FiledCopy {
  return {
    id: id as InboundEmailId,
    mailboxId: mailboxId as MailboxId,
    ticketId: `ticket-of-${mailboxId}` as TicketId,
  }
}

function facts({
  kind = 'human',
  sender,
  evidence = [],
  duplicateOf,
  pendingParent,
  waitedMs = 0,
  more,
  policy: otherPolicy,
}: Said = {}): InboundFacts {
  return {
    sender: {
      address: 'ada@customer.example',
      userId: null,
      role: null,
      isActive: true,
      ticketsInLastHour: 0,
      sameBodyInLastHour: 0,
      ...sender,
    },
    classification: { kind, mayAnswer: kind === 'human', reasons: [] },
    authentication: 'unknown',
    mailboxId: 'mailbox-1' as MailboxId,
    folderPurpose: 'inbox',
    ownMail: null,
    addressedMailboxIds: ['mailbox-1' as MailboxId],
    looksForwarded: false,
    forward: null,
    staff: sender?.role && sender.role !== 'customer' ? staffFacts : null,
    evidence,
    goneTicket: null,
    report: null,
    badTokens: 0,
    duplicateOf: duplicateOf ? copyIn('mailbox-1', duplicateOf) : null,
    pendingParent: (pendingParent ?? null) as InboundEmailId | null,
    waitedMs,
    policy: { ...policy, ...otherPolicy },
    ...more,
  }
}

const reported: ReportedMail = {
  by: 'signed-id',
  matched: 'matched',
  outboundEmailId: 'mail-7' as OutboundEmailId,
  ticketId: 'ticket-1' as TicketId,
  ticketNumber: '1',
}

function pointing(rank: EvidenceRank, more: Partial<TicketEvidence> = {}): TicketEvidence {
  return {
    rank,
    matched: 'matched',
    ticketId: 'ticket-1' as TicketId,
    ticketNumber: '1',
    ticketTitle: 'Stuck',
    ticketStatus: 'open',
    closedForMs: null,
    mailboxId: 'mailbox-1' as MailboxId,
    mergedFrom: [],
    messageId: null,
    isInternal: false,
    senderMayWrite: true,
    sharesRequesterDomain: false,
    quotesTicket: false,
    senderIsRequester: false,
    notificationRole: null,
    ...more,
  }
}

const decide = (said: Said) => decideInbound(anEmail({ subject: said.subject ?? 'Re: Stuck' }), facts(said))

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
      { kind: 'bounce', more: { report: reported } },
      { kind: 'record-report', ticketId: 'ticket-1', outboundEmailId: 'mail-7', report: 'bounce' },
    ],
    [
      'record-reports',
      { kind: 'delivery_notice', more: { report: reported } },
      { kind: 'record-report', ticketId: 'ticket-1', outboundEmailId: 'mail-7', report: 'delivery_notice' },
    ],
    [
      'record-reports',
      { kind: 'complaint', more: { report: reported } },
      { kind: 'record-report', ticketId: 'ticket-1', outboundEmailId: 'mail-7', report: 'complaint' },
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
      'open-for-mail-handed-in',
      { sender: { role: 'provider' }, more: { forward: { from: null, candidates: [] } } },
      { kind: 'open', link: null, requesterCandidates: [] },
    ],
    [
      'append-mail-of-staff',
      { sender: { role: 'provider' }, evidence: [pointing('E4')] },
      {
        kind: 'append',
        ticketId: 'ticket-1',
        reopen: false,
        internal: true,
        unverified: true,
        admits: false,
        agent: { kind: 'hold', reason: 'unverified', missing: ['token', 'authenticated'] },
      },
    ],
    [
      'append-by-evidence',
      { evidence: [pointing('E4')] },
      {
        kind: 'append',
        ticketId: 'ticket-1',
        reopen: false,
        internal: false,
        unverified: false,
        admits: false,
        agent: null,
      },
    ],
    [
      'quarantine-for-gone-tickets',
      { more: { goneTicket: '7' } },
      { kind: 'quarantine', reason: 'ticket-deleted' },
    ],
    [
      'open-for-forwarded-mail',
      {
        evidence: [pointing('E4', { mailboxId: 'mailbox-2' as MailboxId })],
        more: { looksForwarded: true },
      },
      { kind: 'open', link: { ticketId: 'ticket-1', relation: 'forwarded_from' } },
    ],
    [
      'open-for-another-topic',
      { subject: 'My invoice', evidence: [pointing('E4', { ticketStatus: 'closed', closedForMs: 1 })] },
      { kind: 'open', link: { ticketId: 'ticket-1', relation: 'topic_changed_from' } },
    ],
    [
      'refuse-late-answers',
      {
        evidence: [pointing('E1', { ticketStatus: 'closed', closedForMs: 15 * day })],
        policy: { lateAnswers: 'reject' },
      },
      { kind: 'quarantine', reason: 'ticket-closed', refusedBy: 'ticket-1' },
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

  test.each(['E1', 'E4', 'E5', 'E7'] as const)(
    'a report that only %s ties to a ticket is backscatter',
    (rank) => {
      const evidence = [pointing(rank)]
      expect(decide({ kind: 'bounce', evidence }).verdict).toEqual({
        kind: 'quarantine',
        reason: 'backscatter',
      })
    },
  )

  test('a reply that names its ticket does not wait for its parent', () => {
    expect(decide({ pendingParent: 'mail-1', evidence: [pointing('E1')] }).decidedBy).toBe(
      'append-by-evidence',
    )
  })
})

const longClosed = { ticketStatus: 'closed', closedForMs: 15 * day } as const

describe('the order of the rules', () => {
  /** Each entry also fits every later one, but must be decided by its own rule. */
  const cases: readonly [string, Said][] = [
    [
      'ignore-own-probes',
      { kind: 'loop', duplicateOf: 'mail-1', more: { ownMail: 'probe', folderPurpose: 'sent' } },
    ],
    ['take-in-sent-mail', { kind: 'loop', duplicateOf: 'mail-1', more: { folderPurpose: 'sent' } }],
    ['recognise-duplicates', { duplicateOf: 'mail-1', kind: 'loop' }],
    ['quarantine-loops', { kind: 'loop', sender: { address: '' }, evidence: [pointing('E1')] }],
    [
      'record-reports',
      { kind: 'bounce', sender: { address: '', isActive: false }, evidence: [pointing('E1')] },
    ],
    ['quarantine-without-sender', { sender: { address: '', isActive: false } }],
    ['quarantine-blocked-senders', { sender: { isActive: false, blockedBy: 'x' }, pendingParent: 'mail-1' }],
    ['quarantine-blocklisted-senders', { sender: { blockedBy: 'x' }, pendingParent: 'mail-1' }],
    ['wait-for-parent', { pendingParent: 'mail-1', kind: 'auto_reply', sender: { ticketsInLastHour: 99 } }],
    ['quarantine-for-gone-tickets', { more: { goneTicket: '7' }, sender: { ticketsInLastHour: 99 } }],
    [
      'open-for-forwarded-mail',
      {
        subject: 'My invoice',
        evidence: [pointing('E4', { mailboxId: 'mailbox-2' as MailboxId, ...longClosed })],
        more: { looksForwarded: true },
        policy: { lateAnswers: 'reject' },
      },
    ],
    [
      'open-for-mail-handed-in',
      {
        sender: { role: 'provider' },
        evidence: [pointing('E7')],
        more: { forward: { from: null, candidates: [] } },
      },
    ],
    [
      'append-mail-of-staff',
      { subject: 'My invoice', sender: { role: 'provider' }, evidence: [pointing('E4', longClosed)] },
    ],
    [
      'open-for-another-topic',
      { subject: 'My invoice', evidence: [pointing('E4', longClosed)], policy: { lateAnswers: 'reject' } },
    ],
    [
      'append-by-evidence',
      { kind: 'auto_reply', sender: { ticketsInLastHour: 99 }, evidence: [pointing('E2')] },
    ],
    [
      'refuse-late-answers',
      {
        evidence: [pointing('E4', longClosed)],
        sender: { ticketsInLastHour: 99 },
        policy: { lateAnswers: 'reject' },
      },
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

    if (rank === 'E8' && who !== 'unknown' && !human) {
      // A machine that writes the same subject again tells of something new.
      expect(verdict).toEqual(
        kind === 'auto_reply'
          ? { kind: 'quarantine', reason: 'auto-reply-without-ticket' }
          : { kind: 'open', link: { ticketId: 'ticket-1', relation: 'possibly_related' } },
      )
      return
    }
    if (['E3', 'E6', 'E7', 'E8'].includes(rank) && who === 'unknown') {
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
    if (who === 'staff' && !human) {
      expect(verdict).toEqual({ kind: 'log', ticketId: 'ticket-1', reason: 'automatic-mail-of-staff' })
      return
    }
    expect(verdict).toEqual({
      kind: 'append',
      ticketId: 'ticket-1',
      // Machines, strangers and agents never reopen.
      reopen: human && who === 'participant' && state !== 'open',
      internal: who === 'staff',
      unverified: who !== 'participant',
      admits: false,
      agent:
        who === 'staff' ? { kind: 'hold', reason: 'unverified', missing: ['token', 'authenticated'] } : null,
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

  test('in a ticket of their own, staff are the customer', () => {
    const evidence = [pointing('E4', { senderIsRequester: true })]
    expect(decide({ sender: { role: 'provider' }, evidence }).verdict).toMatchObject({
      kind: 'append',
      internal: false,
      agent: null,
    })
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

  describe('when the sender’s address was looked at', () => {
    const verdictOf = (rank: EvidenceRank, authentication: AuthenticationVerdict, more = {}) =>
      decide({ evidence: [pointing(rank, more)], more: { authentication } }).verdict

    test.each(evidenceRanks)(
      '%s of a participant joins when it is surely theirs, by DMARC or ARC',
      (rank) => {
        for (const authentication of ['pass', 'pass_arc'] as const)
          expect(verdictOf(rank, authentication)).toMatchObject({ kind: 'append', unverified: false })
      },
    )

    test.each(evidenceRanks)(
      '%s of a participant whose address is forged never passes for theirs',
      (rank) => {
        const expected =
          rank === 'E1' || rank === 'E2'
            ? { kind: 'append', unverified: true, reopen: false }
            : { kind: 'open', link: { relation: 'possibly_related' } }
        expect(verdictOf(rank, 'fail')).toMatchObject(expected)
      },
    )

    test('a mere number or subject joins only when nobody looks, or the address is surely theirs', () => {
      for (const rank of ['E7', 'E8'] as const) {
        expect(verdictOf(rank, 'none')).toMatchObject({ kind: 'open' })
        expect(verdictOf(rank, 'unknown')).toMatchObject({ kind: 'append' })
      }
      expect(verdictOf('E4', 'none')).toMatchObject({ kind: 'append', unverified: false })
    })

    test('a forged stranger with a stored Message-ID gets a ticket of their own', () => {
      expect(verdictOf('E4', 'fail', { senderMayWrite: false })).toMatchObject({ kind: 'open' })
    })
  })

  test('a colleague of the requester joins for good where the mailbox wants it and the address is surely theirs', () => {
    const colleague = pointing('E4', { senderMayWrite: false, sharesRequesterDomain: true })
    const verdictOf = (authentication: AuthenticationVerdict, acceptsRequesterDomain: boolean) =>
      decide({ evidence: [colleague], more: { authentication }, policy: { acceptsRequesterDomain } }).verdict
    expect(verdictOf('pass', true)).toMatchObject({ kind: 'append', unverified: false, admits: true })
    for (const [authentication, accepts] of [
      ['none', true],
      ['unknown', true],
      ['pass', false],
    ] as const)
      expect(verdictOf(authentication, accepts)).toMatchObject({ unverified: true, admits: false })
  })

  describe('a late answer', () => {
    const late = (lateAnswers: LateAnswers, rank: EvidenceRank = 'E4') =>
      decide({ evidence: [pointing(rank, longClosed)], policy: { lateAnswers } }).verdict

    test('reopens, opens a linked ticket, or is refused, as the mailbox wants', () => {
      expect(late('reopen')).toMatchObject({ kind: 'append', reopen: true })
      expect(late('new_linked')).toEqual({
        kind: 'open',
        link: { ticketId: 'ticket-1', relation: 'follow_up_of' },
      })
      expect(late('reject')).toMatchObject({ kind: 'quarantine', refusedBy: 'ticket-1' })
    })

    test('of a machine is added where it belongs, without reopening', () => {
      const evidence = [pointing('E4', longClosed)]
      expect(
        decide({ kind: 'auto_reply', evidence, policy: { lateAnswers: 'reject' } }).verdict,
      ).toMatchObject({
        kind: 'append',
        reopen: false,
      })
    })
  })

  describe('another subject', () => {
    const about = (subject: string, more: Partial<TicketEvidence>, policy = {}) =>
      decide({ subject, evidence: [pointing('E4', more)], policy }).verdict.kind

    test('stays in an open ticket, and leaves it where the mailbox is strict', () => {
      expect(about('My invoice', {})).toBe('append')
      expect(about('My invoice', {}, { isSubjectStrict: true })).toBe('open')
    })

    test.each([
      ['the same subject with other prefixes', 'AW: Re: [#5] stuck', {}],
      ['no subject at all', '', {}],
      ['a quote of ours below', 'My invoice', { quotesTicket: true }],
      ['evidence that names the ticket on purpose', 'My invoice', { rank: 'E7' as const }],
    ])('%s is no other topic', (_name, subject, more) => {
      expect(about(subject, more, { isSubjectStrict: true })).toBe('append')
    })
  })

  test('a forward to the very mailbox of the ticket, or with its mailbox among the recipients, is an answer', () => {
    const elsewhere = pointing('E4', { mailboxId: 'mailbox-2' as MailboxId })
    const both = ['mailbox-1', 'mailbox-2'] as MailboxId[]
    expect(decide({ evidence: [pointing('E4')], more: { looksForwarded: true } }).verdict.kind).toBe('append')
    expect(
      decide({ evidence: [elsewhere], more: { looksForwarded: true, addressedMailboxIds: both } }).verdict
        .kind,
    ).toBe('append')
    expect(decide({ evidence: [elsewhere] }).verdict.kind).toBe('append')
  })

  test('the requester is never changed: no verdict can say so', () => {
    const verdicts = table.map((row) =>
      Object.keys(decide(said(row.rank, row.who, row.state, row.kind)).verdict),
    )
    expect(new Set(verdicts.flat())).toEqual(
      new Set(['kind', 'ticketId', 'reopen', 'internal', 'unverified', 'admits', 'agent', 'link', 'reason']),
    )
  })
})

describe('a mail of staff', () => {
  const proven = pointing('E1', { notificationRole: 'public' })
  const agent = { role: 'provider', userId: 'grace' as UserId } as const
  const ofStaff = (
    text: string,
    { evidence = proven, more = {} }: { evidence?: TicketEvidence; more?: Partial<InboundFacts> } = {},
  ) =>
    decideInbound(
      anEmail({ text, reply: { ranges: wholeRange(text), htmlRanges: null, reasons: [] } }),
      facts({ sender: agent, evidence: [evidence], more: { authentication: 'pass', ...more } }),
    ).verdict

  test.each<[string, ReturnType<typeof ofStaff>, object]>([
    ['with everything that proves it speaks', ofStaff('Turn it.'), { kind: 'speak' }],
    ['that asks for it is a note', ofStaff('#note\nTurn it.'), { kind: 'note' }],
    [
      'with an internal token is a note',
      ofStaff('Turn it.', { evidence: pointing('E1', { notificationRole: 'internal' }) }),
      { kind: 'note' },
    ],
    [
      'that answers something internal is a note, whatever it asks for',
      ofStaff('#public\nTurn it.', { evidence: { ...proven, isInternal: true } }),
      { kind: 'note' },
    ],
    ['of commands alone is a note', ofStaff('#close'), { kind: 'note' }],
    [
      'with a command that is none is held',
      ofStaff('#priority hihg\nTurn it.'),
      { kind: 'hold', reason: 'command-not-understood', missing: [] },
    ],
    [
      'that repeats the notification is held',
      ofStaff('Turn it.', { more: { staff: { ...staffFacts, repeatsNotification: true } } }),
      { kind: 'hold', reason: 'quote-left-in', missing: [] },
    ],
    ['without words is held', ofStaff(''), { kind: 'hold', reason: 'nothing-to-send', missing: [] }],
    [
      'with a forged From is held',
      ofStaff('Turn it.', { more: { authentication: 'fail' } }),
      { kind: 'hold', reason: 'unverified', missing: ['authenticated'] },
    ],
    [
      'that passes the notification on is held',
      ofStaff('Look.', { more: { looksForwarded: true } }),
      { kind: 'hold', reason: 'unverified', missing: ['no-forward'] },
    ],
  ])('%s', (_which, verdict, agent) => {
    expect(verdict).toMatchObject({ kind: 'append', agent, reopen: false })
    expect(verdict).toMatchObject({ internal: (agent as { kind: string }).kind !== 'speak' })
  })

  test('to another mailbox of ours opens a ticket there, and answers nobody', () => {
    const evidence = { ...proven, mailboxId: 'mailbox-2' as MailboxId }
    expect(ofStaff('Look.', { evidence, more: { looksForwarded: true } })).toMatchObject({
      kind: 'open',
      link: { relation: 'forwarded_from' },
    })
  })

  describe('that hands in a customer’s mail', () => {
    const ada = { name: 'Ada', address: 'ada@customer.example' }
    const handIn = (more: Partial<InboundFacts>, evidence: readonly TicketEvidence[] = []) =>
      decide({
        sender: agent,
        evidence,
        more: {
          looksForwarded: true,
          forward: { from: ada, candidates: [] },
          authentication: 'pass',
          ...more,
        },
      }).verdict

    test('opens the customer’s ticket', () => {
      expect(handIn({})).toEqual({ kind: 'open', link: null, onBehalfOf: ada })
    })

    test.each<[string, Partial<InboundFacts>]>([
      ['the sender is not proven', { authentication: 'none' }],
      ['answers go elsewhere', { staff: { ...staffFacts, answersGoToSender: false } }],
      ['who wrote it is not sure', { forward: { from: null, candidates: [ada] } }],
    ])('asks whose ticket it is when %s', (_when, more) => {
      expect(handIn(more)).toEqual({ kind: 'open', link: null, requesterCandidates: [ada] })
    })

    test('opens none when it belongs to a conversation', () => {
      expect(handIn({}, [pointing('E4')]).kind).toBe('append')
      expect(handIn({}, [pointing('E7')])).toMatchObject({ onBehalfOf: ada })
    })
  })
})

describe('a mail that came to another mailbox of ours as well', () => {
  const elsewhere = { duplicateOf: copyIn('mailbox-2') }
  const here = { opensOwnCopies: true }
  const evidenceIn = (mailbox: string) => [pointing('E4', { mailboxId: mailbox as MailboxId })]
  test.each<[string, Said, string]>([
    ['is a duplicate unless the mailbox wants tickets of its own', { more: elsewhere }, 'duplicate'],
    ['opens a linked ticket where the mailbox wants it', { more: elsewhere, policy: here }, 'open'],
    [
      'is a duplicate in the same mailbox whatever is wanted',
      { duplicateOf: 'mail-1', policy: here },
      'duplicate',
    ],
    [
      'goes into the ticket of its own mailbox that it answers',
      { more: elsewhere, policy: here, evidence: evidenceIn('mailbox-1') },
      'append',
    ],
    [
      'is never a second message in the ticket that has the first',
      { more: elsewhere, policy: here, evidence: evidenceIn('mailbox-2') },
      'duplicate',
    ],
    [
      'opens nothing when a machine wrote it',
      { kind: 'auto_generated', more: elsewhere, policy: here },
      'duplicate',
    ],
  ])('%s', (_name, said, kind) => {
    expect(decide(said).verdict.kind).toBe(kind)
  })
})

describe('our own mail', () => {
  const answered = [pointing('E4')]
  const sent = (more: Said['more'] = {}, rest: Said = {}): Said => ({
    ...rest,
    kind: 'loop',
    more: { folderPurpose: 'sent', ...more },
  })
  test.each<[string, Said, object]>([
    [
      'a probe is left alone wherever it is found',
      { kind: 'loop', more: { ownMail: 'probe' } },
      { kind: 'ignore', reason: 'address-probe' },
    ],
    [
      'an answer given with another program joins its ticket',
      sent({}, { evidence: answered }),
      { kind: 'append-sent', ticketId: 'ticket-1' },
    ],
    [
      'our own copy is known',
      sent({ ownMail: 'reply' }, { evidence: answered }),
      { kind: 'ignore', reason: 'own-copy' },
    ],
    ['a sent mail without a ticket is left alone', sent(), { kind: 'ignore', reason: 'sent-without-ticket' }],
    [
      'a number in the subject is not enough for a sent mail',
      sent({}, { evidence: [pointing('E7')] }),
      { kind: 'ignore', reason: 'sent-without-ticket' },
    ],
    [
      'one that is in its ticket already is a duplicate',
      sent({ duplicateOf: copyIn('mailbox-1') }, { evidence: answered }),
      { kind: 'duplicate', of: 'mail-1' },
    ],
    [
      'one that was held elsewhere as a loop still counts here',
      sent({ duplicateOf: { ...copyIn('mailbox-1'), ticketId: null } }, { evidence: answered }),
      { kind: 'append-sent' },
    ],
    [
      'an answer to a mail that is still being filed waits for it',
      sent({}, { pendingParent: 'mail-2', waitedMs: 1000 }),
      { kind: 'wait', for: 'mail-2' },
    ],
  ])('%s', (_name, said, verdict) => {
    expect(decide(said).verdict).toMatchObject(verdict)
  })
})
