// Message identifiers as people's programs really send them.
import type { Rfc822Id } from '@maildesk/core'

/** Longer than this is no id that anybody answers to (RFC 5322 §2.1.1: the longest line). */
const maxIdLength = 998

/**
 * The message ids in the value of Message-ID, In-Reply-To or References (RFC 5322 §3.6.4), in order, without angle
 * brackets and without repetition. Tolerant: white space from folding inside the brackets is dropped; commas or
 * nothing may stand between ids; brackets may be missing, then words with an @ count, or a single word alone.
 * Linear in the length of the value.
 */
export function parseMessageIds(value: string): Rfc822Id[] {
  const bracketed: string[] = []
  const bare: string[] = []
  const read = value.includes('&lt;') ? value.replaceAll('&lt;', '<').replaceAll('&gt;', '>') : value
  for (const match of read.matchAll(/<([^<>]*)>|[^\s,;<>]+/g)) {
    if (match[1] !== undefined) bracketed.push(match[1].replace(/\s+/g, ''))
    else bare.push(withoutQuotes(match[0]))
  }
  const ids = bracketed.some((id) => id !== '') ? bracketed : likelyIds(bare)
  return [...new Set(ids.filter((id) => id !== '' && id.length <= maxIdLength))] as Rfc822Id[]
}

function withoutQuotes(word: string): string {
  return word.length > maxIdLength ? word : (/^(["'[(])(.*)["'\])]$/.exec(word)?.[2] ?? word)
}

function likelyIds(words: string[]): string[] {
  const withAt = words.filter((word) => word.includes('@'))
  return withAt.length > 0 || words.length > 1 ? withAt : words
}

/**
 * The first id and the newest `limit - 1` ones: the root and the nearest ancestors are what threading needs
 * (JWZ and RFC 5256 both search from the end).
 */
export function boundReferences(ids: readonly Rfc822Id[], limit: number): readonly Rfc822Id[] {
  if (ids.length <= limit) return ids
  return [...ids.slice(0, 1), ...ids.slice(ids.length - limit + 1)]
}
