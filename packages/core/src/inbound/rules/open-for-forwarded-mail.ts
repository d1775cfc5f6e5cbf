import type { InboundRule } from '../decision.ts'
import { joiningOf } from './join-rule.ts'

export const openForForwardedMail: InboundRule = {
  name: 'open-for-forwarded-mail',
  summary:
    'A mail of one mailbox’s ticket that is forwarded to another mailbox opens a ticket there, linked; it is no answer.',
  decide(_email, facts) {
    const joining = joiningOf(facts)
    if (!joining || !facts.looksForwarded || facts.mailboxId === null) return undefined
    const { mailboxId, ticketId } = joining.evidence
    if (mailboxId === null || mailboxId === facts.mailboxId) return undefined
    if (facts.addressedMailboxIds.includes(mailboxId)) return undefined
    return { kind: 'open', link: { ticketId, relation: 'forwarded_from' } }
  },
}
