/* SEARCH criteria (RFC 9051 section 6.4.4) → a test of one mail. Words are looked for in the bytes as they are. */

import type { StoredMail } from '../store/folder.ts'
import { parseDay } from './dates.ts'
import { splitMail } from './mail-sections.ts'
import { SyntaxProblem } from './refusals.ts'
import { parseSequenceSet } from './sequence-set.ts'
import { atomOf, type Token, textOf } from './tokens.ts'

interface SearchedMail {
  readonly number: number
  readonly mail: StoredMail
  /** Empty when it was removed meanwhile. */
  read(): Promise<Buffer>
}

export type SearchTest = (mail: SearchedMail) => boolean | Promise<boolean>

/** What `*` stands for in sets. */
export interface SearchBounds {
  readonly largestNumber: number
  readonly largestUid: number
}

const DAY_MS = 86_400_000
const FLAG_KEYS: Readonly<Record<string, string>> = {
  ANSWERED: '\\Answered',
  DELETED: '\\Deleted',
  DRAFT: '\\Draft',
  FLAGGED: '\\Flagged',
  SEEN: '\\Seen',
}
const HEADER_KEYS = ['FROM', 'TO', 'CC', 'BCC', 'SUBJECT']

/** All of the criteria, one after the other. @throws SyntaxProblem */
export function parseSearch(tokens: readonly Token[], bounds: SearchBounds): SearchTest {
  const rest = [...tokens]
  const tests: SearchTest[] = []
  while (rest.length > 0) tests.push(parseKey(rest, bounds))
  if (tests.length === 0) throw new SyntaxProblem('Search for what?')
  return all(tests)
}

function all(tests: readonly SearchTest[]): SearchTest {
  return async (mail) => {
    for (const test of tests) if (!(await test(mail))) return false
    return true
  }
}

/** Takes one criterion off the front of `rest`. */
function parseKey(rest: Token[], bounds: SearchBounds): SearchTest {
  const token = rest.shift()
  if (token?.kind === 'list') return parseSearch(token.items, bounds)
  const key = atomOf(token, 'Search key').toUpperCase()
  const word = () => textOf(rest.shift(), `Value of ${key}`)
  const flag = FLAG_KEYS[key] ?? FLAG_KEYS[key.replace(/^UN/, '')]
  if (flag) return ({ mail }) => mail.flags.has(flag) === key in FLAG_KEYS
  if (HEADER_KEYS.includes(key)) return headerHolds(key, word())
  switch (key) {
    case 'ALL':
    case 'OLD':
      return () => true
    case 'NEW':
    case 'RECENT':
      return () => false
    case 'NOT': {
      const inner = parseKey(rest, bounds)
      return async (mail) => !(await inner(mail))
    }
    case 'OR': {
      const [one, other] = [parseKey(rest, bounds), parseKey(rest, bounds)]
      return async (mail) => (await one(mail)) || (await other(mail))
    }
    case 'UID': {
      const means = parseSequenceSet(word(), bounds.largestUid)
      return ({ mail }) => means(mail.uid)
    }
    case 'SINCE': {
      const day = parseDay(word())
      return ({ mail }) => mail.internalDate.getTime() >= day
    }
    case 'BEFORE': {
      const day = parseDay(word())
      return ({ mail }) => mail.internalDate.getTime() < day
    }
    case 'ON': {
      const day = parseDay(word())
      return ({ mail }) => Math.floor(mail.internalDate.getTime() / DAY_MS) * DAY_MS === day
    }
    case 'LARGER': {
      const size = Number(word())
      return ({ mail }) => mail.size > size
    }
    case 'SMALLER': {
      const size = Number(word())
      return ({ mail }) => mail.size < size
    }
    case 'KEYWORD': {
      const keyword = word()
      return ({ mail }) => mail.flags.has(keyword)
    }
    case 'UNKEYWORD': {
      const keyword = word()
      return ({ mail }) => !mail.flags.has(keyword)
    }
    case 'HEADER': {
      const name = word()
      return headerHolds(name, word())
    }
    case 'BODY':
      return holds(word(), (raw) => splitMail(raw).text)
    case 'TEXT':
      return holds(word(), (raw) => raw)
    default: {
      const means = parseSequenceSet(key, bounds.largestNumber)
      return ({ number }) => means(number)
    }
  }
}

function headerHolds(name: string, word: string): SearchTest {
  const [field, wanted] = [name.toLowerCase(), word.toLowerCase()]
  return async (mail) =>
    splitMail(await mail.read()).fields.some(
      ({ name: candidate, bytes }) =>
        candidate === field &&
        bytes
          .toString('utf8', field.length + 1)
          .replace(/\r?\n(?=[ \t])/g, '')
          .toLowerCase()
          .includes(wanted),
    )
}

function holds(word: string, part: (raw: Buffer) => Buffer): SearchTest {
  const wanted = word.toLowerCase()
  return async (mail) =>
    part(await mail.read())
      .toString('utf8')
      .toLowerCase()
      .includes(wanted)
}
