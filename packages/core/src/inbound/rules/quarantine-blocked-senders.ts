import type { InboundRule } from '../decision.ts'

export const quarantineBlockedSenders: InboundRule = {
  name: 'quarantine-blocked-senders',
  summary: 'Mail of a person who was deactivated is held.',
  decide: (_email, { sender }) =>
    sender.isActive ? undefined : { kind: 'quarantine', reason: 'sender-deactivated' },
}
