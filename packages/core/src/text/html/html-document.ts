// HTML as plain data: its tags and texts in the order of the source, each knowing where it stands there. Who makes it
// has a tokenizer; who reads it needs none.

export interface HtmlOpenTag {
  readonly kind: 'open'
  /** Lower case. */
  readonly name: string
  /** Those that say something about quotes, lists, links and what is shown; names in lower case, values decoded, cut. */
  readonly attributes: Readonly<Record<string, string>>
  readonly start: number
  readonly end: number
}

interface HtmlCloseTag {
  readonly kind: 'close'
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Letters that stand in the source as they are (`end - start` is their length), or one character reference decoded. */
export interface HtmlText {
  readonly kind: 'text'
  readonly text: string
  readonly start: number
  readonly end: number
}

export type HtmlToken = HtmlOpenTag | HtmlCloseTag | HtmlText

/** Tokens in order, none overlapping another; comments and what browsers never show have none. */
export interface HtmlDocument {
  readonly tokens: readonly HtmlToken[]
  /** UTF-16 units of the source. */
  readonly length: number
}
