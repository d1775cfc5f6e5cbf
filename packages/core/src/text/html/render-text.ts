// The text a reader sees of an HTML body, with the way back: which place of the source each letter came from.
// One pass over the tokens; how deep things nest costs nothing beyond the limits below.
import {
  blockElements,
  impliedEnds,
  isHidden,
  isTightParagraph,
  keepsSpaces,
  spacedElements,
  unshownElements,
  voidElements,
} from './elements.ts'
import type { HtmlDocument, HtmlOpenTag, HtmlToken } from './html-document.ts'
import { type TextMap, TextWriter } from './text-writer.ts'

export interface RenderedText extends TextMap {
  readonly text: string
}

/** Open elements that are remembered; what nests deeper is written as if it stood there. */
const maxDepth = 1000
/** Open elements looked through for the one that an end tag closes. */
const maxLookBack = 60
/** Quote marks and list indents before one line. */
const maxQuoteDepth = 12
const maxListDepth = 8
/** Letters of an address written behind a link. */
const maxHref = 2000
const rule = '-'.repeat(40)

/**
 * The visible text: paragraphs apart, `> ` before what is set in, ` * ` before list items, cells parted by tabs, links as
 * `words <address>`. What is hidden is left out, unless nothing else is there. Linear in the number and size of tokens.
 */
export function renderText(document: HtmlDocument): RenderedText {
  const shown = new Renderer(false).render(document)
  return shown.text.trim() === '' ? new Renderer(true).render(document) : shown
}

interface OpenElement {
  readonly name: string
  readonly isHidden: boolean
  readonly keepsSpaces: boolean
  readonly isTight: boolean
  /** Of a link: its address and where its words began. */
  readonly link: { readonly href: string; readonly from: number } | undefined
  /** Items of a numbered list so far; undefined for all but lists. */
  items: number | undefined
}

class Renderer {
  readonly #showsHidden: boolean
  readonly #out = new TextWriter()
  readonly #open: OpenElement[] = []
  /** Elements open beyond `maxDepth`. */
  #deeper = 0
  #hidden = 0
  #preformatted = 0
  #quotes = 0
  #lists = 0

  constructor(showsHidden: boolean) {
    this.#showsHidden = showsHidden
  }

  render({ tokens }: HtmlDocument): RenderedText {
    for (const token of tokens) this.#read(token)
    return this.#out.finish()
  }

  #read(token: HtmlToken): void {
    if (token.kind === 'open') this.#begin(token)
    else if (token.kind === 'close') this.#end(token.name, token.start)
    else if (this.#hidden === 0) this.#out.write(token, this.#preformatted > 0)
  }

  #begin(tag: HtmlOpenTag): void {
    const { name } = tag
    this.#endImplied(name, tag.start)
    if (voidElements.has(name)) {
      if (this.#hidden === 0) this.#void(tag)
      return
    }
    if (this.#open.length >= maxDepth) {
      this.#deeper += 1
      return
    }
    const element: OpenElement = {
      name,
      isHidden: unshownElements.has(name) || (!this.#showsHidden && isHidden(tag)),
      keepsSpaces: keepsSpaces(tag),
      isTight: isTightParagraph(tag),
      link: name === 'a' ? { href: tag.attributes.href ?? '', from: this.#out.length } : undefined,
      items: name === 'ol' || name === 'ul' ? 0 : undefined,
    }
    this.#break(element)
    this.#open.push(element)
    this.#count(element, 1)
    if (this.#hidden === 0) this.#prefix(tag)
  }

  #void({ name, start }: HtmlOpenTag): void {
    if (name === 'br') this.#out.lineFeed()
    if (name !== 'hr') return
    this.#out.breakLine(1)
    this.#out.writeMade(rule, start)
    this.#out.breakLine(1)
  }

  /** What stands before the first word of an item or a cell. */
  #prefix({ name, start }: HtmlOpenTag): void {
    if (name === 'td' || name === 'th') this.#out.tab(start)
    if (name !== 'li') return
    const list = this.#nearestList()
    const number = list?.name === 'ol' ? `${++(list.items as number)}.` : '*'
    this.#out.writeItem(
      `${'  '.repeat(Math.min(maxListDepth, Math.max(0, this.#lists - 1)))} ${number} `,
      start,
    )
  }

  #nearestList(): OpenElement | undefined {
    for (let at = this.#open.length - 1; at >= Math.max(0, this.#open.length - maxLookBack); at -= 1) {
      const element = this.#open[at]
      if (element?.items !== undefined) return element
    }
    return undefined
  }

  #end(name: string, at: number): void {
    if (this.#deeper > 0 && !voidElements.has(name)) {
      this.#deeper -= 1
      return
    }
    // As browsers read it: an end tag of a line break is one, one of a paragraph that never began is an empty one.
    if (name === 'br' && this.#hidden === 0) this.#out.lineFeed()
    const found = this.#find((element) => element.name === name)
    if (found >= 0) this.#endFrom(found, at)
  }

  #endImplied(name: string, at: number): void {
    const rule = impliedEnds[name]
    if (!rule || this.#deeper > 0) return
    const found = this.#find(
      (element) => rule.ends.has(element.name),
      (element) => rule.within.has(element.name),
    )
    if (found >= 0) this.#endFrom(found, at)
  }

  #find(is: (element: OpenElement) => boolean, stops?: (element: OpenElement) => boolean): number {
    for (let at = this.#open.length - 1; at >= Math.max(0, this.#open.length - maxLookBack); at -= 1) {
      const element = this.#open[at] as OpenElement
      if (is(element)) return at
      if (stops?.(element)) return -1
    }
    return -1
  }

  #endFrom(index: number, at: number): void {
    while (this.#open.length > index) {
      const element = this.#open.pop() as OpenElement
      if (element.link && this.#hidden === 0) this.#writeAddress(element.link, at)
      this.#count(element, -1)
      this.#break(element)
    }
  }

  #count(element: OpenElement, by: 1 | -1): void {
    if (element.isHidden) this.#hidden += by
    if (element.keepsSpaces) this.#preformatted += by
    if (element.items !== undefined) this.#lists += by
    if (element.name !== 'blockquote') return
    this.#quotes += by
    this.#out.setPrefix('> '.repeat(Math.min(maxQuoteDepth, this.#quotes)))
  }

  #break({ name, isTight, isHidden: hidden, items }: OpenElement): void {
    if (this.#hidden > 0 || hidden) return
    const isInner = items !== undefined && this.#lists > 0
    if (spacedElements.has(name)) this.#out.breakLine(isTight || isInner ? 1 : 2)
    else if (blockElements.has(name)) this.#out.breakLine(1)
  }

  #writeAddress({ href, from }: { readonly href: string; readonly from: number }, at: number): void {
    const address = href.trim()
    if (address.length > maxHref || !/^(?:https?|ftp|mailto|tel):/i.test(address)) return
    const shown = address.replace(/^(?:mailto|tel):/i, '')
    const words = this.#out.since(from, shown.length + 20)
    if (words.trim() === '' || bare(words) === bare(shown) || words.includes(shown)) return
    this.#out.writeMade(` <${shown}>`, at)
  }
}

/** An address as people write it: without its scheme, `www.` and the slash at its end. */
function bare(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^[a-z]{3,6}:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/$/, '')
}
