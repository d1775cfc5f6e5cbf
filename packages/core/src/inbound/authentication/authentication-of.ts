// Whether the servers in front of a mailbox found the sender to be who From says. Believed is only what a server that
// ops named wrote, in the part of the header that the sender cannot have written (RFC 8601 §5 and §7.1).
import type { AuthenticationVerdict } from '../decision.ts'
import type { HeaderField } from '../parsed-email.ts'
import {
  type AuthenticationResults,
  type MethodResult,
  readAuthenticationResults,
} from './authentication-results.ts'

/** What ops said about the servers in front of a mailbox. */
export interface BorderTrust {
  /**
   * Names that the border's servers give themselves (authserv-id), in any letter case. One written `arc:name` is looked
   * for in ARC-Authentication-Results (RFC 8617 §4.1.1) instead, for borders that write nothing else.
   */
  readonly trustedAuthservIds: readonly string[]
  /** Received fields that may stand above a field that counts: those of our own servers. */
  readonly borderHops: number
}

/** The registered domain (public suffix and one label), in lower case A-labels; null when there is none. */
export type OrganisationalDomain = (domain: string) => string | null

/** What was looked at and found, for people; attacker's text in places. */
export interface AuthenticationDetail {
  /** Where the verdict comes from. */
  readonly source: 'nobody' | 'authentication-results' | 'signatures'
  /** One phrase of ours: why. */
  readonly because: string
  /** Domain of From; null when From names no single one. */
  readonly fromDomain: string | null
  /** Who said it. */
  readonly authservId?: string
  /** What they said: `dkim=pass header.d=example.com`. */
  readonly statements?: readonly string[]
  /** Fields that claim to be of a trusted server and were not believed. */
  readonly disbelieved?: number
}

export interface Authentication {
  readonly verdict: AuthenticationVerdict
  readonly detail: AuthenticationDetail
}

/** Statements told of one field. */
const maxStatements = 12
/** UTF-16 units told of one statement. */
const maxStatementLength = 200

/**
 * Judges by what the border wrote into the header. `headers` are in the order of the mail, topmost first; `fromDomain`
 * is null when From names no domain or several.
 */
export function authenticationOf(
  headers: readonly HeaderField[],
  trust: BorderTrust,
  fromDomain: string | null,
  organisationalDomain: OrganisationalDomain,
): Authentication {
  if (trust.trustedAuthservIds.length === 0)
    return {
      verdict: 'unknown',
      detail: { source: 'nobody', because: 'no server is trusted to say', fromDomain },
    }
  const { believed, disbelieved } = believedField(headers, trust)
  const about = { source: 'authentication-results', fromDomain, disbelieved } as const
  if (!believed) return { verdict: 'none', detail: { ...about, because: 'no trusted server wrote results' } }
  const { verdict, because } = verdictOf(believed, fromDomain, organisationalDomain)
  return {
    verdict,
    detail: {
      ...about,
      because,
      authservId: believed.authservId,
      statements: believed.results.slice(0, maxStatements).map(tellResult),
    },
  }
}

/** The topmost field of a trusted server, from above the point where the sender's own writing begins. */
function believedField(
  headers: readonly HeaderField[],
  { trustedAuthservIds, borderHops }: BorderTrust,
): { believed: AuthenticationResults | undefined; disbelieved: number } {
  const trusted = new Set(trustedAuthservIds.map((id) => id.trim().toLowerCase()))
  let hops = 0
  let believed: AuthenticationResults | undefined
  let disbelieved = 0
  for (const { name, value } of headers) {
    if (name === 'received') hops += 1
    const results = readField(name, value)
    if (!results || !trusted.has(results.authservId)) continue
    if (!believed && hops <= borderHops) believed = results
    else disbelieved += 1
  }
  return { believed, disbelieved }
}

function readField(name: string, value: string): AuthenticationResults | undefined {
  if (name === 'authentication-results') return readAuthenticationResults(value)
  if (name !== 'arc-authentication-results') return undefined
  const instance = /^\s{0,100}i\s{0,100}=\s{0,100}\d{1,4}\s{0,100};/i.exec(value)
  const results = instance ? readAuthenticationResults(value.slice(instance[0].length)) : undefined
  return results && { ...results, authservId: `arc:${results.authservId}` }
}

/** What one field says of the sender, whoever wrote it. */
export function verdictOf(
  { version, results, garbled }: AuthenticationResults,
  fromDomain: string | null,
  organisationalDomain: OrganisationalDomain,
): { verdict: AuthenticationVerdict; because: string } {
  if (version !== 1) return { verdict: 'none', because: 'its version of the field is not known' }
  const dmarc = results.filter(({ method }) => method === 'dmarc')
  if (dmarc.some(({ result }) => result === 'fail')) return { verdict: 'fail', because: 'dmarc=fail' }
  if (garbled) return { verdict: 'none', because: 'its results are garbled' }
  if (fromDomain === null) return { verdict: 'none', because: 'From names no single domain' }
  const isAligned = (domain: string) => areAligned(domain, fromDomain, organisationalDomain)
  const passes = dmarc.filter(({ result }) => result === 'pass')
  if (passes.some((one) => isAligned(fromOf(one) ?? fromDomain)))
    return { verdict: 'pass', because: 'dmarc=pass' }
  if (passes.length > 0) return { verdict: 'none', because: 'dmarc=pass is about another From' }
  const signer = results
    .filter(({ method, result }) => method === 'dkim' && result === 'pass')
    .map(signerOf)
    .find((domain) => domain !== null && isAligned(domain))
  return signer
    ? { verdict: 'pass', because: `signed by ${signer}` }
    : { verdict: 'none', because: 'nothing in it speaks for the domain of From' }
}

/** Relaxed alignment (RFC 7489 §3.1.1): the same registered domain. */
export function areAligned(
  domain: string,
  fromDomain: string,
  organisationalDomain: OrganisationalDomain,
): boolean {
  const mine = organisationalDomain(domain)
  return mine !== null && mine === organisationalDomain(fromDomain)
}

/** The domain that a dmarc result is about, where it says. */
function fromOf({ properties }: MethodResult): string | undefined {
  return afterAt(properties.get('header.from'))
}

/** The signing domain: `header.d`, else the domain of `header.i` (RFC 8601 §2.7.1). */
function signerOf({ properties }: MethodResult): string | null {
  return afterAt(properties.get('header.d')) ?? afterAt(properties.get('header.i')) ?? null
}

function afterAt(value: string | undefined): string | undefined {
  return value?.slice(value.lastIndexOf('@') + 1).toLowerCase() || undefined
}

function tellResult({ method, result, reason, properties }: MethodResult): string {
  const told = [...properties].map(([name, value]) => `${name}=${value}`)
  const because = reason === null ? [] : [`reason=${reason}`]
  return [`${method}=${result}`, ...because, ...told].join(' ').slice(0, maxStatementLength)
}
