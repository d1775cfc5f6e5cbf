/* Commands → tokens (RFC 9051 section 4). */

import { MAX_LIST_DEPTH } from '../limits.ts'
import type { RawCommand } from './command-reader.ts'
import { SyntaxProblem } from './refusals.ts'

export type Token =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly items: readonly Token[] }

export interface Command {
  readonly tag: string
  /** Upper case; `UID FETCH` and its like are one name. */
  readonly name: string
  readonly args: readonly Token[]
}

const TAG = /^[\x21\x23\x24\x26\x27\x2c-\x5b\x5d-\x7a\x7c\x7e]{1,64}$/

/** The tag of a line, or `*` when it has none that could be echoed. */
export function tagOf(line: string): string {
  const tag = line.split(' ', 1)[0] ?? ''
  return TAG.test(tag) ? tag : '*'
}

/** @throws SyntaxProblem */
export function parseCommand(raw: RawCommand): Command {
  const [tag, name, ...args] = new Tokenizer(raw).all()
  if (tag?.kind !== 'atom' || !TAG.test(tag.text)) throw new SyntaxProblem('A command begins with a tag')
  if (name?.kind !== 'atom') throw new SyntaxProblem('Command name missing')
  const upper = name.text.toUpperCase()
  const [second, ...rest] = args
  if (upper !== 'UID') return { tag: tag.text, name: upper, args }
  if (second?.kind !== 'atom') throw new SyntaxProblem('UID of what?')
  return { tag: tag.text, name: `UID ${second.text.toUpperCase()}`, args: rest }
}

class Tokenizer {
  readonly #parts: RawCommand
  #part = 0
  #at = 0

  constructor(raw: RawCommand) {
    this.#parts = raw
  }

  all(): Token[] {
    const tokens = this.#sequence(0)
    if (this.#part < this.#parts.length) throw new SyntaxProblem('Unexpected )')
    return tokens
  }

  /** Tokens up to a closing parenthesis or the end. */
  #sequence(depth: number): Token[] {
    if (depth > MAX_LIST_DEPTH) throw new SyntaxProblem('Too many parentheses')
    const tokens: Token[] = []
    for (;;) {
      const part = this.#parts[this.#part]
      if (part === undefined) return tokens
      if (typeof part !== 'string') {
        tokens.push({ kind: 'string', bytes: part })
        this.#nextPart()
      } else if (this.#at >= part.length) this.#nextPart()
      else if (part[this.#at] === ' ') this.#at++
      else if (part[this.#at] === ')') return tokens
      else tokens.push(this.#one(part, depth))
    }
  }

  #one(text: string, depth: number): Token {
    if (text[this.#at] === '"') return { kind: 'string', bytes: this.#quoted(text) }
    if (text[this.#at] !== '(') return { kind: 'atom', text: this.#atom(text) }
    this.#at++
    const items = this.#sequence(depth + 1)
    if (this.#part >= this.#parts.length) throw new SyntaxProblem('Missing )')
    this.#at++
    return { kind: 'list', items }
  }

  #quoted(text: string): Buffer {
    let value = ''
    for (this.#at++; this.#at < text.length; this.#at++) {
      const character = text[this.#at]
      if (character === '"') {
        this.#at++
        return Buffer.from(value, 'latin1')
      }
      if (character === '\\') this.#at++
      value += text[this.#at] ?? ''
    }
    throw new SyntaxProblem('Quoted string without end')
  }

  /** An atom; one with a bracket (`BODY[HEADER.FIELDS (From)]<0.9>`) reaches to its end, spaces and all. */
  #atom(text: string): string {
    const start = this.#at
    let inBrackets = false
    for (; this.#at < text.length; this.#at++) {
      const character = text[this.#at] as string
      if (character === '[') inBrackets = true
      else if (character === ']') inBrackets = false
      else if (
        !inBrackets &&
        (character === ' ' || character === '(' || character === ')' || character === '"')
      )
        break
    }
    if (inBrackets) throw new SyntaxProblem('Missing ]')
    return text.slice(start, this.#at)
  }

  #nextPart(): void {
    this.#part++
    this.#at = 0
  }
}

/** Text of an atom or a string. @throws SyntaxProblem naming what is missing. */
export function textOf(token: Token | undefined, what: string): string {
  if (token?.kind === 'atom') return token.text
  if (token?.kind === 'string') return token.bytes.toString('utf8')
  throw new SyntaxProblem(`${what} missing`)
}

/** Text of an atom. @throws SyntaxProblem naming what is missing. */
export function atomOf(token: Token | undefined, what: string): string {
  if (token?.kind === 'atom') return token.text
  throw new SyntaxProblem(`${what} missing`)
}

/** Items of a list; a single token counts as a list of one. @throws SyntaxProblem naming what is missing. */
export function itemsOf(token: Token | undefined, what: string): readonly Token[] {
  if (!token) throw new SyntaxProblem(`${what} missing`)
  return token.kind === 'list' ? token.items : [token]
}

/** A string as a client can read it back. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n\0]/g, ' ')}"`
}
