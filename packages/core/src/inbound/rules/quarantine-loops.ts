import type { InboundRule } from '../decision.ts'

export const quarantineLoops: InboundRule = {
  name: 'quarantine-loops',
  summary:
    'Mail from one of our own mailboxes, or that went round too often, is held for a person to look at.',
  decide: (_email, { classification }) =>
    classification.kind === 'loop' ? { kind: 'quarantine', reason: 'loop' } : undefined,
}
