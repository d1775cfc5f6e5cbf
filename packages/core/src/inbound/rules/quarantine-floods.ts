import type { InboundRule } from '../decision.ts'

export const quarantineFloods: InboundRule = {
  name: 'quarantine-floods',
  summary: 'A sender who opened too many tickets within an hour is held; nothing is lost.',
  decide: (_email, { sender, policy }) =>
    sender.ticketsInLastHour >= policy.floodTicketsPerHour
      ? { kind: 'quarantine', reason: 'flood' }
      : undefined,
}
