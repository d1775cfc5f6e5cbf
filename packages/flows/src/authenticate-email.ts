// Whether the sender of a mail is who From says: what the border in front of the mailbox found, else what the signatures
// prove. Asked before the decision, outside of its transaction: DNS may take its time.
import {
  type Authentication,
  type AuthenticationDetail,
  authenticationBySignatures,
  authenticationOf,
  fromDomainOf,
  type Identity,
  type ParsedEmail,
} from '@maildesk/core'
import type { InboundEmailRow, MailboxRow } from '@maildesk/db'
import type { WorkerDeps } from './deps.ts'

/** The verdict, or that DNS should be asked again. */
export type Authenticated = Authentication & { readonly mayChange: boolean }

/**
 * Judges one mail. What a form or a list says of its sender is not proven by its own authentication: such a mail never
 * passes.
 * @throws MaildeskError blob.missing | blob.unavailable
 */
export async function authenticateEmail(
  deps: Pick<WorkerDeps, 'signatures' | 'organisationalDomain'>,
  row: Pick<InboundEmailRow, 'raw_key' | 'authentication' | 'authentication_detail'>,
  email: ParsedEmail,
  identity: Identity | undefined,
  mailbox: MailboxRow | undefined,
): Promise<Authenticated> {
  // Judged by an earlier start that went no further than to wait for another mail.
  if (row.authentication)
    return {
      verdict: row.authentication,
      detail: row.authentication_detail as AuthenticationDetail,
      mayChange: false,
    }
  const judged = await judge(deps, row, email, mailbox)
  const isNamedElsewhere = identity !== undefined && identity.via !== 'from'
  if (!isNamedElsewhere || (judged.verdict !== 'pass' && judged.verdict !== 'pass_arc')) return judged
  const because = `${judged.detail.because}, but the sender is taken from ${identity.via}, which nobody checked`
  return { verdict: 'none', detail: { ...judged.detail, because }, mayChange: false }
}

async function judge(
  { signatures, organisationalDomain }: Pick<WorkerDeps, 'signatures' | 'organisationalDomain'>,
  { raw_key }: Pick<InboundEmailRow, 'raw_key'>,
  email: ParsedEmail,
  mailbox: MailboxRow | undefined,
): Promise<Authenticated> {
  const fromDomain = fromDomainOf(email)
  const trust = {
    trustedAuthservIds: mailbox?.trusted_authserv_ids ?? [],
    borderHops: mailbox?.border_hops ?? 0,
  }
  const byBorder = authenticationOf(email.headers, trust, fromDomain, organisationalDomain)
  const isSettled = byBorder.verdict === 'pass' || byBorder.verdict === 'fail'
  if (isSettled || !mailbox?.verifies_signatures || fromDomain === null)
    return { ...byBorder, mayChange: false }
  const report = await signatures.verify(raw_key, {
    fromDomain,
    trustedArcSealers: mailbox.trusted_arc_sealers,
  })
  const bySignatures = authenticationBySignatures(
    report,
    mailbox.trusted_arc_sealers,
    fromDomain,
    organisationalDomain,
  )
  return { ...bySignatures, mayChange: bySignatures.verdict === 'unknown' }
}
