import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AgentMailFacts, agentPowerOf, missingToHandIn } from './agent-mail.ts'

const proven: AgentMailFacts = {
  isActive: true,
  answersGoToSender: true,
  authentication: 'pass',
  isTrustedMailbox: false,
  kind: 'human',
  looksForwarded: false,
  tokenRole: 'public',
}

test('a mail for which everything speaks acts as the agent, as public or internal as its token', () => {
  expect(agentPowerOf(proven)).toEqual({ power: true, role: 'public' })
  expect(agentPowerOf({ ...proven, tokenRole: 'internal' })).toEqual({ power: true, role: 'internal' })
})

test.each([
  [{ isActive: false }, ['active']],
  [{ tokenRole: null }, ['token']],
  [{ answersGoToSender: false }, ['answers-to-sender']],
  [{ authentication: 'none' }, ['authenticated']],
  [{ authentication: 'unknown' }, ['authenticated']],
  [{ authentication: 'fail' }, ['authenticated']],
  [{ authentication: 'fail', isTrustedMailbox: true }, ['authenticated']],
  [{ kind: 'auto_reply' }, ['human']],
  [{ kind: 'auto_generated' }, ['human']],
  [{ kind: 'list' }, ['human']],
  [{ kind: 'bounce' }, ['human']],
  [{ looksForwarded: true }, ['no-forward']],
  [{ isActive: false, tokenRole: null, authentication: 'none' }, ['active', 'token', 'authenticated']],
] satisfies [Partial<AgentMailFacts>, string[]][])(
  'without one of the conditions %j there is no power',
  (over, missing) => {
    expect(agentPowerOf({ ...proven, ...over })).toEqual({ power: false, missing })
  },
)

test.each([
  [{ authentication: 'pass_arc' }],
  [{ authentication: 'none', isTrustedMailbox: true }],
  [{ authentication: 'unknown', isTrustedMailbox: true }],
] satisfies [Partial<AgentMailFacts>][])('%j is proof enough', (over) => {
  expect(agentPowerOf({ ...proven, ...over }).power).toBe(true)
})

test('power is never without a token, a proven or trusted sender, a person and an active account', () => {
  fc.assert(
    fc.property(
      fc.record({
        isActive: fc.boolean(),
        answersGoToSender: fc.boolean(),
        authentication: fc.constantFrom('pass', 'pass_arc', 'none', 'fail', 'unknown'),
        isTrustedMailbox: fc.boolean(),
        kind: fc.constantFrom('human', 'auto_reply', 'list', 'loop'),
        looksForwarded: fc.boolean(),
        tokenRole: fc.constantFrom('public', 'internal', null),
      }),
      (facts) => {
        if (!agentPowerOf(facts as AgentMailFacts).power) return
        expect(facts).toMatchObject({
          isActive: true,
          answersGoToSender: true,
          kind: 'human',
          looksForwarded: false,
        })
        expect(facts.tokenRole).not.toBeNull()
        expect(facts.authentication).not.toBe('fail')
      },
    ),
  )
})

test('to hand in a customer’s mail an agent needs all of it but a token', () => {
  expect(missingToHandIn({ ...proven, tokenRole: null, looksForwarded: true })).toEqual([])
  expect(missingToHandIn({ ...proven, tokenRole: null, authentication: 'none' })).toEqual(['authenticated'])
})
