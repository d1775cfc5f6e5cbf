import type { InboundRule } from '../decision.ts'

export const ignoreOwnProbes: InboundRule = {
  name: 'ignore-own-probes',
  summary: 'A mail that we sent to ourselves to try an address has done its work by arriving.',
  decide: (_email, { ownMail }) =>
    ownMail === 'probe' ? { kind: 'ignore', reason: 'address-probe' } : undefined,
}
