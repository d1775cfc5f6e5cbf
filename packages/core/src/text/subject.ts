// Subjects: reply prefixes, and the ticket number that people and old mail programs carry along.
import { databaseText } from './database-text.ts'

/** Reply and forward prefixes in the languages mail programs write them, with counts as in `Re[2]:`; of folded white space. */
const prefix =
  /^ ?(?:re|aw|sv|vs|odp|rif|r|res|enc|fw|fwd|wg|tr|rv|doorst|antw|ynt|ilt|vl|vá|továbbítás|פ|答复|回复|转发|回覆|轉寄) ?(?:\[\d{1,3}\]|\(\d{1,3}\))? ?[:：] ?/iu
const numberTag = /\[#([1-9][0-9]{0,17})\]/
const numberTags = new RegExp(numberTag, 'g')
/** Prefixes peeled off one subject; more than that is an attack on our patience. */
const maxPrefixes = 20
/** RFC 5322 §2.1.1 folds long lines, but no person reads more of a subject than this. */
const maxSubject = 200
/** UTF-16 units of a subject that are looked at. */
const maxRead = 1000

/** The subject without its prefixes and ticket numbers, white space folded. */
export function baseSubject(subject: string): string {
  // A tag leaves a space behind, so that what stood around it does not become a new tag.
  let rest = subject.slice(0, maxRead).replace(numberTags, ' ').replace(/\s+/g, ' ').trim()
  for (let peeled = 0; peeled < maxPrefixes; peeled += 1) {
    const match = prefix.exec(rest)
    if (!match) break
    rest = rest.slice(match[0].length)
  }
  return rest
}

/** The ticket number a subject names, as decimal text. A hint, never a right. */
export function ticketNumberIn(subject: string): string | undefined {
  return numberTag.exec(subject.slice(0, maxRead))?.[1]
}

/** Words of both subjects over words of either, below which two subjects speak of different things. */
const minSharedWords = 0.3
/** Words of one subject that are compared. */
const maxWords = 50

/** False when two subjects, without their prefixes and numbers, have hardly a word in common. An empty one says nothing. */
export function haveCommonWords(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)]
  if (a.size === 0 || b.size === 0) return true
  const shared = [...a].filter((word) => b.has(word)).length
  return shared / (a.size + b.size - shared) >= minSharedWords
}

function wordsOf(subject: string): Set<string> {
  const words =
    baseSubject(subject.slice(0, maxRead))
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(words.slice(0, maxWords))
}

/** `Re: <subject> [#42]`, as a reply carries it. */
export function replySubject(subject: string, ticketNumber: string): string {
  const base = databaseText(baseSubject(subject.slice(0, maxRead)), maxSubject)
  return `Re: ${base || 'your message'} [#${ticketNumber}]`
}
