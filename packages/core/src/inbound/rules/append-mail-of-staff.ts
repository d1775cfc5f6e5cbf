import { agentPowerOf } from '../agent-mail.ts'
import { readAgentMail } from '../agent-text.ts'
import type { AgentUse, InboundFacts, InboundRule, TicketEvidence } from '../decision.ts'
import type { ParsedEmail } from '../parsed-email.ts'
import { joiningOf } from './join-rule.ts'

export const appendMailOfStaff: InboundRule = {
  name: 'append-mail-of-staff',
  summary:
    'A mail of staff answers the customer only when it surely comes from the agent who got the notification it answers; else it is a note.',
  decide(email, facts) {
    const joining = joiningOf(facts)
    // In a ticket of their own, staff are the customer.
    if (!joining || !facts.staff || joining.evidence.senderIsRequester) return undefined
    const { evidence } = joining
    const { kind } = facts.classification
    if (kind === 'auto_reply' || kind === 'auto_generated')
      return { kind: 'log', ticketId: evidence.ticketId, reason: 'automatic-mail-of-staff' }
    const agent = useOf(email, facts, evidence)
    return {
      kind: 'append',
      ticketId: evidence.ticketId,
      reopen: false,
      internal: agent.kind !== 'speak',
      unverified: agent.kind === 'hold' && agent.reason === 'unverified',
      admits: false,
      agent,
    }
  },
}

function useOf(email: ParsedEmail, facts: InboundFacts, evidence: TicketEvidence): AgentUse {
  const { staff, sender, authentication, classification, looksForwarded } = facts
  if (!staff) return { kind: 'note' }
  const power = agentPowerOf({
    isActive: sender.isActive,
    answersGoToSender: staff.answersGoToSender,
    authentication,
    isTrustedMailbox: staff.isTrustedMailbox,
    kind: classification.kind,
    looksForwarded,
    tokenRole: evidence.notificationRole,
  })
  if (!power.power) return { kind: 'hold', reason: 'unverified', missing: power.missing }
  const { commands, problems, text } = readAgentMail(email)
  if (problems.length > 0) return held('command-not-understood')
  // One thing that says internal is enough: what was said inside never goes out. Not a token in the body: every
  // notification tells its internal address.
  const isInside = facts.evidence.some(
    ({ ticketId, rank, isInternal }) => ticketId === evidence.ticketId && rank !== 'E3' && isInternal,
  )
  if (isInside || power.role === 'internal' || commands.some((command) => command.kind === 'note'))
    return { kind: 'note' }
  if (staff.repeatsNotification) return held('quote-left-in')
  if (text !== '') return { kind: 'speak' }
  if (email.parts.some(({ disposition }) => disposition === 'attachment')) return held('nothing-to-send')
  return commands.length > 0 ? { kind: 'note' } : held('nothing-to-send')
}

function held(reason: Extract<AgentUse, { kind: 'hold' }>['reason']): AgentUse {
  return { kind: 'hold', reason, missing: [] }
}
