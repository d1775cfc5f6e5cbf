// The same words in two views of one body, however each is wrapped, indented and marked.
import type { HtmlDocument } from '@maildesk/core'

/** Letters compared at the beginning and at the end of a stretch. */
const compared = 40

export interface Letters {
  readonly text: string
  /** Of each letter, where it stood. */
  readonly places: readonly number[]
}

/** Where in `text`, of these letters, the stretch stands that `other` shows; undefined when its beginning is not found. */
export function sameStretch(
  text: string,
  letters: Letters,
  other: string,
): { start: number; end: number } | undefined {
  const wanted = lettersOf(other).text
  const found = wanted === '' ? -1 : letters.text.indexOf(wanted.slice(0, compared))
  if (found < 0) return undefined
  const tail = wanted.slice(-compared)
  const last = letters.text.indexOf(tail, found + Math.max(0, wanted.length - 2 * compared))
  const end = last < 0 ? letters.text.length : last + tail.length
  return { start: lineStart(text, letters.places[found] as number), end: (letters.places[end - 1] ?? 0) + 1 }
}

/** Where in the HTML's source the words begin that `text` begins with, below those of `before`; undefined when not found. */
export function findInHtml({ tokens }: HtmlDocument, before: string, text: string): number | undefined {
  const wanted = lettersOf(text.slice(0, maxWanted)).text.slice(0, compared)
  if (wanted.length < minFound) return undefined
  const letters: string[] = []
  const places: number[] = []
  for (const token of tokens) {
    if (token.kind !== 'text') continue
    for (const letter of token.text) {
      if (!isLetter(letter)) continue
      letters.push(letter.toLowerCase())
      places.push(token.start)
    }
  }
  const all = letters.join('')
  // The words may stand in the answer, too: it ends where its last ones do.
  const above = lettersOf(before.slice(-maxWanted)).text.slice(-compared)
  const from = above === '' ? 0 : Math.max(0, all.indexOf(above))
  const found = all.indexOf(wanted, from + (all.startsWith(above, from) ? above.length : 0))
  return found < 0 ? undefined : places[found]
}

/** Letters needed to be sure. */
const minFound = 12
/** UTF-16 units in which they are looked for. */
const maxWanted = 5000

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at) + 1
}

/** The letters and digits of a text, and where they stand. */
export function lettersOf(text: string): Letters {
  const letters: string[] = []
  const places: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string
    if (!isLetter(letter)) continue
    letters.push(letter.toLowerCase())
    places.push(at)
  }
  return { text: letters.join(''), places }
}

function isLetter(letter: string): boolean {
  return /[\p{L}\p{N}]/u.test(letter)
}
