import type { InboundRule } from '../decision.ts'

export const waitForParent: InboundRule = {
  name: 'wait-for-parent',
  summary:
    'A reply whose parent is still being filed waits for it, for a bounded time, so that it lands in the same ticket.',
  decide: (_email, { pendingParent, evidence, waitedMs, policy }) =>
    pendingParent && evidence.length === 0 && waitedMs < policy.parentWaitMs
      ? { kind: 'wait', for: pendingParent }
      : undefined,
}
