// DNS for the process that verifies signatures: few questions per mail, only those that signatures raise, each with a time
// limit. What a hostile mail can make us ask is bounded here, not in the process that reads it.
import { Resolver } from 'node:dns/promises'
import { type ResolveTxt, tooManyQueries } from './signature-order.ts'

/** Questions one mail may raise. */
const maxQueries = 15
/** Milliseconds for one answer, and tries. */
const queryTimeoutMs = 3_000
const queryTries = 2
/** Characters of all texts of one answer that are passed on. */
const maxAnswerLength = 16_384
/** Milliseconds that one mail may wait for all its answers together. */
const maxWaitMs = 15_000

/** Keys of signatures (RFC 6376 §3.6.2.1) and DMARC records (RFC 7489 §6.1). */
const asked = /^(?:[a-z0-9_.-]{1,253}\._domainkey|_dmarc)\.[a-z0-9_.-]{1,253}$/i

/** The resolver of the system, with short waits. */
export function systemResolver(): ResolveTxt {
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries: queryTries })
  return (name) => resolver.resolveTxt(name)
}

/** A resolver for one mail. */
export function dnsForOneMail(resolveTxt: ResolveTxt): ResolveTxt {
  let queries = 0
  let waitedMs = 0
  return async (name, type) => {
    if (type !== 'TXT' || name.length > 253 || !asked.test(name)) throw coded('EBADNAME', name)
    queries += 1
    if (queries > maxQueries) throw coded(tooManyQueries, name)
    const startedAt = performance.now()
    const answer = await inTime(resolveTxt(name, type), maxWaitMs - waitedMs, name).finally(() => {
      waitedMs += performance.now() - startedAt
    })
    let left = maxAnswerLength
    return answer.map((texts) =>
      texts.map((text) => {
        const kept = text.slice(0, left)
        left -= kept.length
        return kept
      }),
    )
  }
}

/** @throws ETIMEOUT, the code of node:dns, when it takes longer. */
async function inTime<Result>(work: Promise<Result>, ms: number, name: string): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(coded('ETIMEOUT', name)), Math.max(0, ms))
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function coded(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: ${name}`), { code })
}
