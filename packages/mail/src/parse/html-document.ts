// The HTML of a mail as plain data. The tokenizer alone, without the parser above it: that one looks through all open
// elements for each end tag, which is quadratic in the depth.
import type { HtmlDocument, HtmlToken } from '@maildesk/core'
import { Tokenizer } from 'htmlparser2'

/** Tags and texts of one mail; what follows is one text without its tags. */
const maxTokens = 400_000
/** UTF-16 units of one attribute's value that are kept. */
const maxAttribute = 2000
/** Attributes kept of one element. */
const maxAttributes = 20
const kept = /^(?:class|id|name|type|style|cite|href|hidden|data-[a-z0-9_-]{1,60})$/

/** Reads HTML as browsers tokenize it. Linear, never throws, whatever the source is. */
export function htmlDocument(html: string): HtmlDocument {
  const reader = new TokenReader(html)
  const tokenizer = new Tokenizer({ decodeEntities: true }, reader)
  reader.onfull = () => tokenizer.pause()
  tokenizer.write(html)
  tokenizer.end()
  return { tokens: reader.finish(), length: html.length }
}

/** What the tokenizer calls, in the order of the source. */
class TokenReader {
  onfull: () => void = () => undefined
  readonly #html: string
  readonly #tokens: HtmlToken[] = []
  #tag: { name: string; start: number; attributes: Record<string, string> } | undefined
  #attributes = 0
  #attribute = ''
  #value = ''
  /** Where the last token ended. */
  #end = 0
  #isFull = false

  constructor(html: string) {
    this.#html = html
  }

  finish(): readonly HtmlToken[] {
    if (this.#isFull && this.#end < this.#html.length) {
      const rest = this.#html.slice(this.#end)
      // As long as the source, so that places stay what they are.
      const text = rest.replace(/<[^<>]*>/g, (tag) => ' '.repeat(tag.length))
      this.#tokens.push({ kind: 'text', text, start: this.#end, end: this.#html.length })
    }
    return this.#tokens
  }

  ontext(start: number, end: number): void {
    this.#add({ kind: 'text', text: this.#html.slice(start, end), start, end })
  }

  ontextentity(codepoint: number, end: number): void {
    this.#add({ kind: 'text', text: textOf(codepoint), start: this.#end, end })
  }

  onopentagname(start: number, end: number): void {
    this.#tag = { name: this.#html.slice(start, end).toLowerCase(), start: start - 1, attributes: {} }
    this.#attributes = 0
  }

  onattribname(start: number, end: number): void {
    this.#attribute = this.#html.slice(start, Math.min(end, start + 100)).toLowerCase()
    this.#value = ''
  }

  onattribdata(start: number, end: number): void {
    const room = maxAttribute - this.#value.length
    if (room > 0) this.#value += this.#html.slice(start, Math.min(end, start + room))
  }

  onattribentity(codepoint: number): void {
    if (this.#value.length < maxAttribute) this.#value += textOf(codepoint)
  }

  onattribend(): void {
    const attributes = this.#tag?.attributes
    const name = this.#attribute
    // The first of several counts (HTML living standard, 13.2.5.33).
    if (!attributes || !kept.test(name) || Object.hasOwn(attributes, name)) return
    if (this.#attributes >= maxAttributes) return
    this.#attributes += 1
    attributes[name] = this.#value
  }

  onopentagend(end: number): void {
    if (this.#tag) this.#add({ kind: 'open', ...this.#tag, end: end + 1 })
    this.#tag = undefined
  }

  onselfclosingtag(end: number): void {
    this.onopentagend(end)
  }

  onclosetag(start: number, end: number): void {
    const tagEnd = this.#html.indexOf('>', end)
    this.#add({
      kind: 'close',
      name: this.#html.slice(start, end).toLowerCase(),
      start: start - 2,
      end: tagEnd < 0 ? this.#html.length : tagEnd + 1,
    })
  }

  /** CDATA in HTML is a comment. */
  oncdata(_start: number, end: number, offset: number): void {
    this.#end = Math.min(this.#html.length, end + offset)
  }

  oncomment(_start: number, end: number): void {
    this.#end = Math.min(this.#html.length, end + 1)
  }

  ondeclaration(_start: number, end: number): void {
    this.#end = Math.min(this.#html.length, end + 1)
  }

  onprocessinginstruction(_start: number, end: number): void {
    this.#end = Math.min(this.#html.length, end + 1)
  }

  onend(): void {
    // A tag that was begun and never ended is no text.
  }

  #add(token: HtmlToken): void {
    if (this.#isFull) return
    this.#tokens.push(token)
    this.#end = token.end
    if (this.#tokens.length < maxTokens) return
    this.#isFull = true
    this.onfull()
  }
}

function textOf(codepoint: number): string {
  return String.fromCodePoint(codepoint)
}
