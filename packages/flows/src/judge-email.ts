// Who wrote a mail, and whether they are who From says: by what the border in front of the mailbox found, else by what the
// signatures prove. Done before the decision, outside of its transaction: DNS may take its time.
import {
  type Authentication,
  type AuthenticationDetail,
  asWrittenBy,
  authenticationBySignatures,
  authenticationOf,
  contentHash,
  fromDomainOf,
  type Identity,
  identityOf,
  type ParsedEmail,
} from '@maildesk/core'
import type { InboundEmailRow, MailboxRow } from '@maildesk/db'
import type { WorkerDeps } from './deps.ts'

export type JudgeDeps = Pick<WorkerDeps, 'signatures' | 'organisationalDomain'>

/** A mail with what is known of its sender before the decision. */
export interface JudgedMail {
  /** As its writer would have sent it: From is the identity. */
  readonly email: ParsedEmail
  readonly identity: Identity | undefined
  /** Of the mail as it came. */
  readonly contentHash: string
  readonly authentication: Authentication
  /** DNS did not answer; asked again, it may. */
  readonly mayChange: boolean
}

/**
 * Judges one mail. What a form or a list says of its sender is not proven by its own authentication: such a mail never
 * passes.
 * @throws MaildeskError blob.missing | blob.unavailable
 */
export async function judgeEmail(
  deps: JudgeDeps,
  row: Pick<InboundEmailRow, 'raw_key' | 'authentication' | 'authentication_detail'>,
  email: ParsedEmail,
  mailbox: MailboxRow | undefined,
): Promise<JudgedMail> {
  const identity = identityOf(email, {
    formSenders: mailbox?.form_senders ?? [],
    rewritingLists: mailbox?.rewriting_lists ?? [],
  })
  const mail = { email: asWrittenBy(email, identity), identity, contentHash: contentHash(email) }
  // Judged by an earlier start that went no further than to wait for another mail.
  if (row.authentication) {
    const detail = row.authentication_detail as AuthenticationDetail
    return { ...mail, authentication: { verdict: row.authentication, detail }, mayChange: false }
  }
  const { mayChange, ...judged } = await authenticate(deps, row, email, mailbox)
  return { ...mail, authentication: ofTheSender(judged, identity), mayChange }
}

/** What was proven is proven of From alone. */
function ofTheSender({ verdict, detail }: Authentication, identity: Identity | undefined): Authentication {
  const isProven = verdict === 'pass' || verdict === 'pass_arc'
  if (!isProven || !identity || identity.via === 'from') return { verdict, detail }
  const because = `${detail.because}, but the sender stands in ${identity.via}, which nobody checks`
  return { verdict: 'none', detail: { ...detail, because } }
}

async function authenticate(
  { signatures, organisationalDomain }: JudgeDeps,
  { raw_key }: Pick<InboundEmailRow, 'raw_key'>,
  email: ParsedEmail,
  mailbox: MailboxRow | undefined,
): Promise<Authentication & { readonly mayChange: boolean }> {
  const fromDomain = fromDomainOf(email)
  const trust = {
    trustedAuthservIds: mailbox?.trusted_authserv_ids ?? [],
    borderHops: mailbox?.border_hops ?? 0,
  }
  const byBorder = authenticationOf(email.headers, trust, fromDomain, organisationalDomain)
  const isSettled = byBorder.verdict === 'pass' || byBorder.verdict === 'fail'
  if (isSettled || !mailbox?.verifies_signatures) return { ...byBorder, mayChange: false }
  if (fromDomain === null) {
    const detail = { source: 'signatures', because: 'From names no single domain', fromDomain } as const
    return { verdict: 'none', detail, mayChange: false }
  }
  const trustedArcSealers = mailbox.trusted_arc_sealers
  const report = await signatures.verify(raw_key, { fromDomain, trustedArcSealers })
  const bySignatures = authenticationBySignatures(report, trustedArcSealers, fromDomain, organisationalDomain)
  return { ...bySignatures, mayChange: bySignatures.verdict === 'unknown' }
}
