// RTF to what it says: the HTML that Outlook wrapped into it (MS-OXRTFEX), or its plain text. One pass over the characters;
// fonts, pictures and layout are left out.
import { textOfCodePage } from './code-pages.ts'

/** Groups deeper than this are not entered; a real document has some ten. */
const maxDepth = 200
/** Destinations whose content is not text of the document. */
const silent = new Set(
  'fonttbl colortbl stylesheet info pict header footer headerl headerr footerl footerr object themedata datastore listtable listoverridetable rsidtbl generator xmlnstbl latentstyles filetbl revtbl fldinst bkmkstart bkmkend mhtmltag'.split(
    ' ',
  ),
)
const characters: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  page: '\n',
  row: '\n',
  cell: '\t',
  tab: '\t',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emspace: ' ',
  enspace: ' ',
}

const symbols: Readonly<Record<string, string>> = {
  '\\': '\\',
  '{': '{',
  '}': '}',
  '~': '\u00a0',
  _: '\u2011',
  '\n': '\n',
  '\r': '\n',
}

/** One form, as `html` says. */
export interface RtfContent {
  readonly content: string
  readonly html: boolean
}

interface Group {
  skipped: boolean
  /** Inside `\*\htmltag`: written for the HTML only. */
  tag: boolean
  /** Between `\htmlrtf` and `\htmlrtf0`: written for readers of RTF only. */
  rtfOnly: boolean
  /** Characters that stand in for a `\u` and are not read. */
  standIns: number
}

/** A control word with its number, a control symbol, `\'hh`, a bracket, or text. */
const token =
  /\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gy

/** Reads an RTF document, given as Latin-1. Linear; never throws. */
export function readRtf(rtf: string): RtfContent {
  return new RtfReader(rtf).read()
}

class RtfReader {
  readonly #rtf: string
  readonly #groups: Group[] = []
  #group: Group = { skipped: false, tag: false, rtfOnly: false, standIns: 1 }
  #tooDeep = 0
  #html = false
  #codePage = 1252
  #bytes: number[] = []
  #toSkip = 0
  readonly #out: string[] = []

  constructor(rtf: string) {
    this.#rtf = rtf
  }

  read(): RtfContent {
    token.lastIndex = 0
    let end = 0
    for (let found = token.exec(this.#rtf); found; found = token.exec(this.#rtf)) {
      const [, hex, word, number, symbol, bracket, text] = found
      end = token.lastIndex
      if (hex !== undefined) this.#byte(Number.parseInt(hex, 16))
      else if (word !== undefined)
        end = this.#word(word, number === undefined ? undefined : Number(number), end)
      else if (symbol !== undefined) this.#symbol(symbol)
      else if (bracket !== undefined) this.#bracket(bracket)
      else if (text !== undefined) this.#text(text)
      token.lastIndex = end
    }
    this.#flush()
    return { content: this.#out.join(''), html: this.#html }
  }

  #bracket(bracket: string): void {
    this.#flush()
    if (bracket === '}') {
      if (this.#tooDeep > 0) this.#tooDeep -= 1
      else this.#group = this.#groups.pop() ?? this.#group
    } else if (this.#groups.length >= maxDepth) this.#tooDeep += 1
    else {
      this.#groups.push(this.#group)
      this.#group = { ...this.#group }
    }
  }

  /** @returns where reading goes on. */
  #word(word: string, number: number | undefined, end: number): number {
    if (word === 'u') {
      this.#flush()
      this.#write(String.fromCharCode((number ?? 63) & 0xffff))
      this.#toSkip = this.#group.standIns
      return end
    }
    this.#flush()
    const character = characters[word]
    if (character !== undefined) this.#write(character)
    else if (word === 'bin') return end + Math.max(0, number ?? 0)
    else if (word === 'uc') this.#group.standIns = Math.min(Math.max(number ?? 1, 0), 16)
    else if (word === 'ansicpg') this.#codePage = number ?? 1252
    else if (word === 'fromhtml') this.#html = number !== 0
    else if (word === 'htmlrtf') this.#group.rtfOnly = number !== 0
    else if (word === 'htmltag') {
      this.#group.tag = true
      this.#group.skipped = !this.#html
    } else if (silent.has(word)) this.#group.skipped = true
    return end
  }

  #symbol(symbol: string): void {
    if (symbol === '*') {
      // Of the destinations that a reader may leave out, htmltag is the one that we know; its word comes next.
      this.#group.skipped = true
      return
    }
    this.#text(symbols[symbol] ?? '')
  }

  #text(text: string): void {
    this.#flush()
    const skipped = Math.min(this.#toSkip, text.length)
    this.#toSkip -= skipped
    this.#write(text.slice(skipped))
  }

  #byte(byte: number): void {
    if (this.#toSkip > 0) this.#toSkip -= 1
    else this.#bytes.push(byte)
  }

  /** Bytes come one by one; characters of some code pages have two. */
  #flush(): void {
    if (this.#bytes.length === 0) return
    const text = textOfCodePage(Buffer.from(this.#bytes), this.#codePage)
    this.#bytes = []
    this.#write(text)
  }

  #write(text: string): void {
    const { skipped, rtfOnly, tag } = this.#group
    if (skipped || this.#tooDeep > 0 || (this.#html && rtfOnly && !tag)) return
    this.#out.push(text)
  }
}
