import type { InboundRule } from '../decision.ts'

export const quarantineBlocklistedSenders: InboundRule = {
  name: 'quarantine-blocklisted-senders',
  summary: 'Mail of a sender or domain on the blocklist is held; it is kept, never dropped.',
  decide: (_email, { sender }) =>
    sender.blockedBy === undefined ? undefined : { kind: 'quarantine', reason: 'blocked-sender' },
}
