import { anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import type { InboundEmailId, MailboxId, TicketId } from '../ids.ts'
import { blockEntriesFor, blockEntryOf } from './blocklist.ts'
import type { MailKind } from './classify-email.ts'
import { type DeskWishes, decideForDesk } from './decide-for-desk.ts'
import type { InboundFacts } from './decision.ts'
import { quarantineReasonEntry } from './quarantine-reasons.ts'
import { tellDecision } from './tell-decision.ts'

function facts(kind: MailKind = 'human', more: Partial<InboundFacts> = {}): InboundFacts {
  return {
    sender: {
      address: 'ada@customer.example',
      userId: null,
      role: null,
      isActive: true,
      ticketsInLastHour: 0,
      sameBodyInLastHour: 0,
    },
    classification: { kind, mayAnswer: kind === 'human', reasons: [] },
    authentication: 'unknown',
    mailboxId: 'mailbox-1' as MailboxId,
    addressedMailboxIds: [],
    looksForwarded: false,
    forward: null,
    staff: null,
    evidence: [],
    goneTicket: null,
    badTokens: 0,
    duplicateOf: null,
    pendingParent: null,
    waitedMs: 0,
    policy: {
      parentWaitMs: 60_000,
      reopenMs: 0,
      lateAnswers: 'new_linked',
      isSubjectStrict: false,
      acceptsRequesterDomain: false,
      opensOwnCopies: false,
      floodTicketsPerHour: 30,
    },
    ...more,
  }
}
const wishes = (quarantine = 'spam', more: Partial<DeskWishes> = {}): DeskWishes => ({
  mailRules: [
    {
      id: 'rule-1',
      name: 'Engines',
      isActive: true,
      mailboxId: null,
      match: 'all',
      conditions: [{ field: 'subject', operator: 'contains', value: 'engine' }],
      actions: quarantine ? { quarantine } : { priority: 'high' },
      stop: false,
    },
  ],
  size: 100,
  placement: null,
  ...more,
})
const copy = { id: 'mail-0' as InboundEmailId, mailboxId: 'mailbox-1' as MailboxId, ticketId: null }
const placement = { ticketId: 'ticket-9' as TicketId, isSleeping: true, senderMayWrite: true }

describe('a mail rule', () => {
  test('holds what would open a ticket, and its name is told', () => {
    const decision = decideForDesk(anEmail(), facts(), wishes())
    expect(decision).toMatchObject({
      verdict: { kind: 'quarantine', reason: 'rule:spam' },
      decidedBy: 'mail-rules',
      matchedRules: [{ name: 'Engines' }],
    })
    expect(tellDecision(decision).join('\n')).toContain(
      'met the mail rule “Engines”: subject contains “engine” (the engine is stuck)',
    )
  })
  test('that wants something with the ticket leaves the verdict as it is', () => {
    expect(decideForDesk(anEmail(), facts(), wishes(''))).toMatchObject({
      verdict: { kind: 'open' },
      actions: { priority: 'high' },
    })
  })
  test.each<[string, InboundFacts]>([
    ['a duplicate', facts('human', { duplicateOf: copy })],
    ['a report', facts('bounce')],
    ['a loop', facts('loop')],
    ['a mail that waits for another', facts('human', { pendingParent: 'mail-0' as InboundEmailId })],
  ])('is not asked about %s', (_what, given) => {
    expect(decideForDesk(anEmail(), given, wishes()).matchedRules).toBeUndefined()
  })
})

describe('a released mail', () => {
  test.each<[string, InboundFacts]>([
    ['rule:spam', facts()],
    ['loop', facts('loop')],
    ['backscatter', facts('bounce')],
    ['auto-reply-without-ticket', facts('auto_reply')],
    ['blocked-sender', facts('human', { sender: { ...facts().sender, blockedBy: 'customer.example' } })],
    ['sender-deactivated', facts('human', { sender: { ...facts().sender, isActive: false } })],
    ['flood', facts('human', { sender: { ...facts().sender, ticketsInLastHour: 99 } })],
    ['ticket-deleted', facts('human', { goneTicket: '7' })],
  ])('is held for %s, and opens a ticket when that is waived', (reason, given) => {
    expect(decideForDesk(anEmail(), given, wishes()).verdict).toEqual({ kind: 'quarantine', reason })
    const waived = { ...given, waivedReasons: [reason, 'rule:spam'] }
    expect(decideForDesk(anEmail(), waived, wishes()).verdict.kind).toBe('open')
    expect(quarantineReasonEntry(reason)?.release).toBe('yes')
  })
  test('that names no sender stays where it is', () => {
    const given = facts('human', { sender: { ...facts().sender, address: '' }, waivedReasons: ['no-sender'] })
    const verdict = { kind: 'quarantine', reason: 'no-sender' }
    expect(decideForDesk(anEmail(), given, wishes()).verdict).toEqual(verdict)
    expect(decideForDesk(anEmail(), given, wishes('', { placement })).verdict).toEqual(verdict)
  })
  test('goes where a person puts it, and mail rules do not hold it again', () => {
    const given = facts('auto_reply')
    expect(decideForDesk(anEmail(), given, wishes('spam', { placement }))).toMatchObject({
      verdict: { kind: 'append', ticketId: 'ticket-9', reopen: false, unverified: false, internal: false },
      decidedBy: 'placed-by-hand',
    })
    expect(decideForDesk(anEmail(), facts(), wishes('', { placement })).verdict).toMatchObject({
      reopen: true,
    })
    const stranger = { ...placement, senderMayWrite: false }
    expect(decideForDesk(anEmail(), facts(), wishes('', { placement: stranger })).verdict).toMatchObject({
      reopen: false,
      unverified: true,
    })
    const twin = facts('human', { duplicateOf: copy })
    expect(decideForDesk(anEmail(), twin, wishes('', { placement })).verdict.kind).toBe('duplicate')
  })
})

test('the blocklist knows addresses and domains with all below them', () => {
  expect(blockEntryOf(' Ada@Customer.example ')).toBe('ada@customer.example')
  expect(blockEntryOf('@Spam.example')).toBe('spam.example')
  for (const bad of ['', 'spam', 'a b.example', '@', 'x@', `${'a'.repeat(300)}.example`])
    expect(blockEntryOf(bad), bad).toBeUndefined()
  expect(blockEntriesFor('Ada@mx.spam.example')).toEqual([
    'ada@mx.spam.example',
    'mx.spam.example',
    'spam.example',
  ])
  expect(blockEntriesFor('')).toEqual([])
})
