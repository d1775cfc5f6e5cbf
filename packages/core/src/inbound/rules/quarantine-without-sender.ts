import type { InboundRule } from '../decision.ts'

export const quarantineWithoutSender: InboundRule = {
  name: 'quarantine-without-sender',
  summary: 'A mail that names no usable sender can be answered to nobody; it is held.',
  decide: (_email, { sender }) =>
    sender.address === '' ? { kind: 'quarantine', reason: 'no-sender' } : undefined,
}
