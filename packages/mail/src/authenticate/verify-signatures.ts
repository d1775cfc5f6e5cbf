// DKIM and ARC of one mail, verified over its bytes. Runs in a process that may be killed, and asks DNS through whoever
// started it.

import { Readable } from 'node:stream'
import type { SignatureReport, VerifiedChain, VerifiedSignature } from '@maildesk/core'
import { errorText } from '@maildesk/core'
import { arc } from 'mailauth/lib/arc/index.js'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { withSaneStart } from '../parse/sane-start.ts'
import { BoundedBytes, TooMuch } from './bounded-bytes.ts'
import { organisationalDomain } from './organisational-domain.ts'
import { type ResolveTxt, type SignatureOrder, tooManyQueries } from './signature-order.ts'
import { noChain, unverified } from './unverified.ts'

/** ARC sets of one mail that are verified. */
const maxSeals = 10
/** Bits an RSA key has at least (RFC 8301 §3.2). */
const minKeyBits = 1024
/** Answers of DNS that mean "there is no such record"; every other failure may pass. */
const absent = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/** Verifies `raw`. Never throws for what the mail or DNS contains. @throws what reading `raw` throws. */
export async function verifySignatures(
  raw: AsyncIterable<Uint8Array>,
  { fromDomain, trustedArcSealers, headerBytes }: SignatureOrder,
  resolveTxt: ResolveTxt,
): Promise<SignatureReport> {
  const bytes = new BoundedBytes(headerBytes)
  const dns = new WatchedDns(resolveTxt, [fromDomain, ...trustedArcSealers])
  const options = { resolver: dns.resolve, minBitLength: minKeyBits, rejectRsaSha1: true }
  let verified: Awaited<ReturnType<typeof dkimVerify>>
  try {
    verified = await dkimVerify(Readable.from(bytes.of(withSaneStart(raw))), options)
  } catch (error) {
    if (error instanceof TooMuch) return unverified(error.message)
    if (bytes.sourceError !== undefined) throw bytes.sourceError
    return unverified(`the signatures could not be read: ${errorText(error)}`)
  }
  const dkim = verified.results.flatMap((result): VerifiedSignature[] =>
    result.signingDomain
      ? [
          {
            domain: result.signingDomain.toLowerCase(),
            result: result.status.result,
            uncovered: result.status.underSized ?? 0,
          },
        ]
      : [],
  )
  const chain = trustedArcSealers.length === 0 ? noChain : await verifyChain(verified.arc, options)
  const passes = dkim.some(({ domain, result }) => result === 'pass' && domain !== fromDomain)
  const strictAlignment = passes && (await asksForSameDomain(fromDomain, dns.resolve))
  return { dkim, arc: chain, strictAlignment, troubles: dns.troubles, isTemporary: dns.failedWhereItMatters }
}

type ChainData = NonNullable<Parameters<typeof arc>[0]>

async function verifyChain(
  data: Awaited<ReturnType<typeof dkimVerify>>['arc'],
  options: NonNullable<Parameters<typeof arc>[1]>,
): Promise<VerifiedChain> {
  const sets = data?.chain || []
  if (!data || sets.length === 0) return noChain
  const sealers = sets.map((set) => String(set['arc-seal']?.parsed?.d?.value ?? '').toLowerCase())
  if (sets.length > maxSeals)
    return { result: 'fail', sealers: sealers.slice(0, maxSeals), firstResults: null }
  const { status } = await arc(data as ChainData, options)
  const result = status.result === 'pass' || status.result === 'temperror' ? status.result : 'fail'
  return { result, sealers, firstResults: resultsIn(sets[0]?.['arc-authentication-results']?.original) }
}

/** The value of an ARC-Authentication-Results field after its instance (RFC 8617 §4.1.1), unfolded. */
function resultsIn(original: unknown): string | null {
  const field = String(original ?? '').replace(/\r?\n/g, '')
  const value = field.slice(field.indexOf(':') + 1)
  const instance = /^\s{0,100}i\s{0,100}=\s{0,100}\d{1,2}\s{0,100};/i.exec(value)
  return instance ? value.slice(instance[0].length) : null
}

/** Whether the DMARC record of the domain asks for strict alignment (`adkim=s`, RFC 7489 §6.3). */
async function asksForSameDomain(domain: string, resolve: ResolveTxt): Promise<boolean> {
  const parent = organisationalDomain(domain)
  for (const name of new Set([domain, ...(parent ? [parent] : [])])) {
    try {
      const records = (await resolve(`_dmarc.${name}`, 'TXT')).map((texts) => texts.join(''))
      const [record, ...more] = records.filter((text) => /^v\s{0,9}=\s{0,9}DMARC1\b/i.test(text))
      if (record && more.length === 0) return /;\s{0,9}adkim\s{0,9}=\s{0,9}s\b/i.test(record.slice(0, 4096))
    } catch (error) {
      // A domain that may ask for more than was proven is taken to ask for it.
      if (!isAbsent(error)) return true
    }
  }
  return false
}

function isAbsent(error: unknown): boolean {
  return absent.has(String((error as { code?: unknown }).code))
}

/** Remembers which questions DNS did not answer, and whether any of them could have changed the verdict. */
class WatchedDns {
  readonly troubles: string[] = []
  failedWhereItMatters = false
  readonly #resolveTxt: ResolveTxt
  readonly #owners: ReadonlySet<string | null>

  constructor(resolveTxt: ResolveTxt, domains: readonly string[]) {
    this.#resolveTxt = resolveTxt
    this.#owners = new Set(domains.map(organisationalDomain))
  }

  readonly resolve: ResolveTxt = async (name, type) => {
    try {
      return await this.#resolveTxt(name, type)
    } catch (error) {
      if (!isAbsent(error)) this.#note(name, error)
      throw error
    }
  }

  #note(name: string, error: unknown): void {
    const { code } = error as { code?: unknown }
    // A sender may name domains of theirs whose servers never answer; what matters is who From says.
    const owner = organisationalDomain(name.replace(/^.*?\._domainkey\./i, '').replace(/^_dmarc\./i, ''))
    if (code !== tooManyQueries && owner !== null && this.#owners.has(owner)) this.failedWhereItMatters = true
    this.troubles.push(`DNS ${String(code ?? 'failed')}: ${name.slice(0, 253)}`)
  }
}
