// What the signatures of a mail prove, verified by ourselves. Without the sender's IP address there is no SPF, so a
// missing or broken signature proves nothing, and the verdict is never `fail`.
import type { AuthenticationVerdict } from '../decision.ts'
import { type Authentication, areAligned, type OrganisationalDomain, verdictOf } from './authentication-of.ts'
import { readAuthenticationResults } from './authentication-results.ts'

/** One DKIM-Signature (RFC 6376) after verification. */
export interface VerifiedSignature {
  /** The signing domain (`d=`), lower case. */
  readonly domain: string
  /** As RFC 8601 §2.7.1 names it: 'pass', 'fail', 'neutral', 'temperror' … */
  readonly result: string
  /** Bytes of the body that it does not cover (`l=`). */
  readonly uncovered: number
}

/** An ARC chain (RFC 8617) after verification. */
export interface VerifiedChain {
  readonly result: 'none' | 'pass' | 'fail' | 'temperror'
  /** Domains of all seals (`d=`), the first sealer first. */
  readonly sealers: readonly string[]
  /** What the first sealer saw: the value of its ARC-Authentication-Results, from the authserv-id on. */
  readonly firstResults: string | null
}

/** What was verified of one mail. */
export interface SignatureReport {
  readonly dkim: readonly VerifiedSignature[]
  readonly arc: VerifiedChain
  /** The domain's DMARC record asks for the very same domain in `d=` (`adkim=s`). */
  readonly strictAlignment: boolean
  /** Why something could not be looked at, in words: a limit, or DNS that did not answer. */
  readonly troubles: readonly string[]
  /** DNS did not answer for a name that the verdict hangs on; later it may. */
  readonly isTemporary: boolean
}

/** Judges by verified signatures. */
export function authenticationBySignatures(
  report: SignatureReport,
  trustedArcSealers: readonly string[],
  fromDomain: string | null,
  organisationalDomain: OrganisationalDomain,
): Authentication {
  const told = [
    ...report.dkim.map(({ domain, result, uncovered }) =>
      [`dkim=${result} header.d=${domain}`, uncovered > 0 ? `${uncovered} bytes uncovered` : '']
        .join(' ')
        .trim(),
    ),
    ...(report.arc.result === 'none'
      ? []
      : [`arc=${report.arc.result} sealed by ${report.arc.sealers.join(', ')}`]),
    ...report.troubles,
  ]
  const answer = (verdict: AuthenticationVerdict, because: string): Authentication => ({
    verdict,
    detail: { source: 'signatures', because, fromDomain, statements: told.map((line) => line.slice(0, 200)) },
  })
  if (fromDomain === null) return answer('none', 'From names no single domain')
  const isAligned = (domain: string) =>
    report.strictAlignment ? domain === fromDomain : areAligned(domain, fromDomain, organisationalDomain)
  const signer = report.dkim.find(
    ({ domain, result, uncovered }) => result === 'pass' && uncovered === 0 && isAligned(domain),
  )
  if (signer) return answer('pass', `signed by ${signer.domain}`)
  if (isVouchedFor(report.arc, trustedArcSealers, fromDomain, organisationalDomain))
    return answer('pass_arc', `passed on by ${report.arc.sealers.at(-1)}, which saw it pass`)
  if (report.isTemporary) return answer('unknown', 'DNS did not answer')
  return answer('none', 'no signature speaks for the domain of From')
}

/**
 * Everybody who sealed is trusted, and the first of them saw the sender pass. All must be: a later sealer may have
 * changed the mail (RFC 8617 §9.6).
 */
function isVouchedFor(
  { result, sealers, firstResults }: VerifiedChain,
  trusted: readonly string[],
  fromDomain: string,
  organisationalDomain: OrganisationalDomain,
): boolean {
  if (result !== 'pass' || firstResults === null || sealers.length === 0) return false
  if (!sealers.every((sealer) => trusted.includes(sealer))) return false
  const seen = readAuthenticationResults(firstResults)
  return seen !== undefined && verdictOf(seen, fromDomain, organisationalDomain).verdict === 'pass'
}
