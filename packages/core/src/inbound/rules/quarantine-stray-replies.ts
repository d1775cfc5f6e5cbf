import type { InboundRule } from '../decision.ts'

export const quarantineStrayReplies: InboundRule = {
  name: 'quarantine-stray-auto-replies',
  summary: 'An out-of-office or other automatic reply that belongs to no ticket never opens one; it is held.',
  decide: (_email, { classification }) =>
    classification.kind === 'auto_reply'
      ? { kind: 'quarantine', reason: 'auto-reply-without-ticket' }
      : undefined,
}
