// Writes a text with its white space folded as browsers fold it, and remembers where each stretch came from.
import type { HtmlText } from './html-document.ts'

/**
 * Pairs of places, both ascending: from `textOffsets[i]` on, the text goes along with the source from `htmlOffsets[i]`
 * on, letter by letter, up to the next pair.
 */
export interface TextMap {
  readonly textOffsets: readonly number[]
  readonly htmlOffsets: readonly number[]
}

/** Empty lines in a row that are kept. */
const maxFeeds = 4

export class TextWriter {
  readonly #pieces: string[] = []
  readonly #textOffsets: number[] = []
  readonly #htmlOffsets: number[] = []
  #length = 0
  /** Line feeds that come before the next word. */
  #feeds = 0
  /** Something stands in the current line. */
  #lineHasText = false
  /** A space that comes before the next word of this line: -1 for none, else its place in the source. */
  #spaceAt = -1
  #tabAt = -1
  #prefix = ''
  /** Nothing but a mark of a list stands in the line. */
  #isItem = false

  get length(): number {
    return this.#length
  }

  /** The text written since `from`, when it is not longer than `most`. */
  since(from: number, most: number): string {
    if (this.#length - from > most) return ''
    let text = ''
    for (let at = this.#pieces.length - 1; at >= 0 && text.length < this.#length - from; at -= 1) {
      text = (this.#pieces[at] ?? '') + text
    }
    return text.slice(text.length - (this.#length - from))
  }

  /** What stands before each line from the next on. */
  setPrefix(prefix: string): void {
    this.#prefix = prefix
  }

  /** Ends the line, when there is one; `feeds` of 2 leave an empty line. */
  breakLine(feeds: 1 | 2): void {
    this.#spaceAt = -1
    this.#tabAt = -1
    if (this.#length === 0 || this.#isItem) return
    this.#feeds = Math.max(this.#feeds, feeds)
    this.#lineHasText = false
  }

  /** Ends the line, empty or not. */
  lineFeed(): void {
    this.#spaceAt = -1
    this.#tabAt = -1
    if (this.#length === 0 && !this.#lineHasText) return
    this.#feeds = Math.min(maxFeeds, this.#feeds + 1)
    this.#lineHasText = false
  }

  /** Parts what follows from what stands in this line. */
  tab(at: number): void {
    if (this.#lineHasText) this.#tabAt = at
  }

  /** The mark of a list's item, with whose words the line goes on even when they are a paragraph. */
  writeItem(text: string, at: number): void {
    this.#isItem = false
    this.breakLine(1)
    this.writeMade(text, at)
    this.#isItem = true
  }

  /** Letters that do not stand in the source. */
  writeMade(text: string, at: number): void {
    this.#begin(at)
    this.#mark(at)
    this.#push(text)
    this.#mark(at)
  }

  write(token: HtmlText, keepsSpaces: boolean): void {
    if (keepsSpaces) this.#writeKept(token)
    else this.#writeFolded(token)
  }

  finish(): { text: string } & TextMap {
    return {
      text: this.#pieces.join(''),
      textOffsets: this.#textOffsets,
      htmlOffsets: this.#htmlOffsets,
    }
  }

  #writeFolded({ text, start, end }: HtmlText): void {
    const isReference = end - start !== text.length
    for (let at = 0; at < text.length; ) {
      const from = at
      while (at < text.length && isFoldable(text.charCodeAt(at))) at += 1
      if (at > from && this.#lineHasText && this.#spaceAt < 0)
        this.#spaceAt = start + (isReference ? 0 : from)
      const word = at
      while (at < text.length && !isFoldable(text.charCodeAt(at))) at += 1
      if (at === word) continue
      const place = start + (isReference ? 0 : word)
      this.#begin(place)
      this.#mark(place)
      this.#push(shownSpaces(text.slice(word, at)))
    }
  }

  #writeKept({ text, start }: HtmlText): void {
    let at = 0
    while (at < text.length) {
      const feed = text.indexOf('\n', at)
      const end = feed < 0 ? text.length : feed
      const line = text.slice(at, end).replace(/\r/g, '')
      if (line !== '') {
        this.#begin(start + at)
        this.#mark(start + at)
        this.#push(shownSpaces(line))
      }
      if (feed < 0) break
      this.lineFeed()
      at = feed + 1
    }
  }

  /** Everything that was put off until a word comes. */
  #begin(at: number): void {
    if (this.#feeds > 0) {
      this.#mark(at)
      for (let feed = 0; feed < this.#feeds; feed += 1) this.#push('\n')
      this.#feeds = 0
    }
    if (!this.#lineHasText && this.#prefix !== '') {
      this.#mark(at)
      this.#push(this.#prefix)
    } else if (this.#tabAt >= 0) {
      this.#mark(this.#tabAt)
      this.#push('\t')
    } else if (this.#spaceAt >= 0) {
      this.#mark(this.#spaceAt)
      this.#push(' ')
    }
    this.#spaceAt = -1
    this.#tabAt = -1
    this.#lineHasText = true
    this.#isItem = false
  }

  #push(text: string): void {
    this.#pieces.push(text)
    this.#length += text.length
  }

  /** Text from here on goes along with the source from `at` on. */
  #mark(at: number): void {
    const last = this.#textOffsets.length - 1
    if (last >= 0) {
      const text = this.#textOffsets[last] as number
      const html = this.#htmlOffsets[last] as number
      if (at - html === this.#length - text) return
      if (text === this.#length) {
        this.#htmlOffsets[last] = at
        return
      }
    }
    this.#textOffsets.push(this.#length)
    this.#htmlOffsets.push(at)
  }
}

function isFoldable(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13 || code === 12
}

/** A space is a space, in text. */
function shownSpaces(text: string): string {
  return text.replace(/\u00a0/g, ' ')
}

/** The place in the source of the letter at `textOffset`; the source's `length` behind the last one. */
export function htmlOffsetAt(map: TextMap, textOffset: number, length: number): number {
  const at = lastNotAfter(map.textOffsets, textOffset)
  if (at < 0) return 0
  const next = map.htmlOffsets[at + 1] ?? length
  return Math.min(next, (map.htmlOffsets[at] as number) + textOffset - (map.textOffsets[at] as number))
}

/** The first letter of the text that does not stand before `htmlOffset`; the text's `length` when none does. */
export function textOffsetAt(map: TextMap, htmlOffset: number, length: number): number {
  const at = lastNotAfter(map.htmlOffsets, htmlOffset)
  if (at < 0) return 0
  const next = map.textOffsets[at + 1] ?? length
  return Math.min(next, (map.textOffsets[at] as number) + htmlOffset - (map.htmlOffsets[at] as number))
}

function lastNotAfter(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
