// What is done to made mails. Each works on text of one character per byte, is told where by numbers, and keeps what it
// makes below a bound, so that a run of many mails is quick; sizes beyond it are fixtures of their own.

export interface Mutation {
  readonly name: MutationName
  /** Where in the mail, in millionths of it. */
  readonly at: number
  /** Which of the ways to do it. */
  readonly choice: number
}

type Mutate = (mail: string, where: Place) => string

interface Place {
  readonly at: number
  readonly choice: number
  /** Another made mail, for what takes two. */
  readonly other: () => string
}

/** Bytes that a mutated mail may have. */
const maxBytes = 400_000

const hostile = [
  '\0',
  '\xff\xfe',
  '\xef\xbb\xbf',
  '\x80\x81\x9f',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\x1b$B',
  '\x1b[2J',
  '\xe2\x80\xae',
  '\r\n.\r\n',
  '\r\n\r\n',
  '\r\nBcc: x@made.example',
  '=?utf-8?B?',
  '=?x-none?Q?=FF?=',
  '=?utf-8?Q?=00=0D=0A?=',
  '<!--',
  ']]>',
  '<svg><style><a title="</style><img src onerror=x>">',
  '<'.repeat(200),
  '(((((',
  '"',
  '<<>>,;:',
  '\r\n--',
  '--=_b1_',
  '=',
  '%00%0a',
  "*0*=utf-8''%",
  'begin 644 a.bin\r\n#0V%T\r\n`\r\nend\r\n',
]

const types = [
  'text/plain',
  'text/html',
  'multipart/mixed',
  'multipart/alternative; boundary=""',
  'multipart/report; report-type=delivery-status; boundary="=_b1_',
  'message/rfc822',
  'message/delivery-status',
  'application/ms-tnef; name=winmail.dat',
  'application/octet-stream',
  'text/calendar',
  '/',
  'TEXT',
  '',
]

const encodings = [
  'base64',
  'quoted-printable',
  '7bit',
  '8bit',
  'binary',
  'x-uuencode',
  'uue',
  'base64,base64',
  'x',
  '',
]
const charsets = [
  'utf-8',
  'utf-16',
  'utf-7',
  'iso-2022-jp',
  'us-ascii',
  'x-unknown',
  'koi8-r',
  'hz-gb-2312',
  '"',
  '0',
]

const mutations = {
  'flip-byte': (mail, { at, choice }) => {
    const index = place(mail, at)
    const byte = (mail.charCodeAt(index) ^ ((choice % 255) + 1)) & 0xff
    return mail.length === 0 ? mail : splice(mail, index, 1, String.fromCharCode(byte))
  },
  'truncate-anywhere': (mail, { at }) => mail.slice(0, place(mail, at)),
  'truncate-at-line': (mail, { at, choice }) => {
    const end = mail.indexOf('\n', place(mail, at))
    return end < 0 ? mail : mail.slice(0, end + (choice % 3) - 1)
  },
  'duplicate-line': (mail, { at }) => {
    const [start, end] = line(mail, headerPlace(mail, at))
    return splice(mail, end, 0, mail.slice(start, end))
  },
  'delete-line': (mail, { at }) => {
    const [start, end] = line(mail, headerPlace(mail, at))
    return splice(mail, start, end - start, '')
  },
  'swap-lines': (mail, { at, choice }) => {
    const [first, second] = [line(mail, headerPlace(mail, at)), line(mail, headerPlace(mail, choice))].sort(
      (a, b) => a[0] - b[0],
    ) as [[number, number], [number, number]]
    if (first[1] > second[0]) return mail
    return (
      mail.slice(0, first[0]) +
      mail.slice(...second) +
      mail.slice(first[1], second[0]) +
      mail.slice(...first) +
      mail.slice(second[1])
    )
  },
  'repeat-line': (mail, { at, choice }) => {
    const [start, end] = line(mail, place(mail, at))
    return splice(mail, end, 0, mail.slice(start, end).repeat(1 + (choice % 2_000)))
  },
  'line-ends': (mail, { choice }) => {
    const ends = ['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n']
    return mail.replaceAll('\r\n', ends[choice % ends.length] as string)
  },
  'some-line-ends': (mail, { at, choice }) => {
    let count = 0
    return mail.replace(/\r\n/g, (end) => {
      count += 1
      return (count * 7 + at) % 3 === 0 ? (choice % 2 === 0 ? '\n' : '\r') : end
    })
  },
  'insert-bytes': (mail, { at, choice }) =>
    splice(mail, place(mail, at), 0, hostile[choice % hostile.length] as string),
  'insert-in-header': (mail, { at, choice }) =>
    splice(mail, headerPlace(mail, at), 0, hostile[choice % hostile.length] as string),
  'grow-token': (mail, { at, choice }) => {
    const start = choice % 2 === 0 ? headerPlace(mail, at) : place(mail, at)
    const token = /[^\s]{1,8}/.exec(mail.slice(start, start + 200))?.[0] ?? 'x'
    return splice(mail, start, 0, token.repeat(10_000))
  },
  'nest-part': (mail, { choice }) => {
    const levels = 1 + (choice % 60)
    let nested = mail
    for (let level = 0; level < levels; level += 1) {
      nested =
        choice % 2 === 0
          ? `Content-Type: message/rfc822\r\n\r\n${nested}`
          : `Content-Type: multipart/mixed; boundary=nest${level}\r\n\r\n--nest${level}\r\n${nested}\r\n--nest${level}--\r\n`
    }
    return `From: nest@made.example\r\nSubject: nested\r\n${nested}`
  },
  'splice-mails': (mail, { at, choice, other }) => {
    const second = other()
    return mail.slice(0, place(mail, at)) + second.slice(place(second, choice))
  },
  'break-boundary': (mail, { at, choice }) => {
    const index = mail.indexOf('=_b', place(mail, at))
    if (index < 0) return mail
    const ways = ['', ' ', '=_B', '=_b=_b', '\r\n ', 'x'.repeat(90)]
    return splice(mail, index, 3, ways[choice % ways.length] as string)
  },
  'drop-last-boundary': (mail) => {
    const index = mail.lastIndexOf('\r\n--')
    return index < 0 ? mail : mail.slice(0, index)
  },
  'lie-about-type': (mail, where) => lie(mail, where, /content-type: [^\r\n;]*/gi, 'Content-Type: ', types),
  'lie-about-encoding': (mail, where) =>
    lie(mail, where, /content-transfer-encoding: [^\r\n]*/gi, 'Content-Transfer-Encoding: ', encodings),
  'lie-about-charset': (mail, where) => lie(mail, where, /charset=[^\r\n;]*/gi, 'charset=', charsets),
  'fold-everywhere': (mail, { at, choice }) => {
    const [start, end] = line(mail, headerPlace(mail, at))
    const fold = choice % 2 === 0 ? '\r\n ' : '\r\n\t'
    return splice(mail, start, end - start, `${[...mail.slice(start, end).trimEnd()].join(fold)}\r\n`)
  },
  'delete-blank-line': (mail, { at, choice }) => {
    const index = mail.indexOf('\r\n\r\n', choice % 2 === 0 ? 0 : place(mail, at))
    return index < 0 ? mail : splice(mail, index, 2, '')
  },
  'delete-range': (mail, { at, choice }) => splice(mail, place(mail, at), 1 + (choice % 400), ''),
  'duplicate-range': (mail, { at, choice }) => {
    const start = place(mail, at)
    return splice(mail, start, 0, mail.slice(start, start + 1 + (choice % 2_000)))
  },
  'uppercase-range': (mail, { at, choice }) => {
    const start = place(mail, at)
    const length = 1 + (choice % 400)
    const upper = mail.slice(start, start + length).replace(/[a-z]/g, (letter) => letter.toUpperCase())
    return splice(mail, start, length, upper)
  },
} satisfies Record<string, Mutate>

export type MutationName = keyof typeof mutations
export const mutationNames = Object.keys(mutations) as MutationName[]

/** The mail with this done to it; at most 400,000 bytes of it. */
export function mutated(mail: string, { name, at, choice }: Mutation, other: () => string): string {
  return mutations[name](mail, { at, choice, other }).slice(0, maxBytes)
}

function place(mail: string, at: number): number {
  return Math.min(Math.floor((mail.length * at) / 1_000_000), Math.max(0, mail.length - 1))
}

/** A place in the first header section. */
function headerPlace(mail: string, at: number): number {
  const end = mail.indexOf('\r\n\r\n')
  return place(end < 0 ? mail : mail.slice(0, end + 2), at)
}

/** Start and end of the line around a place; its line end belongs to it. */
function line(mail: string, at: number): [number, number] {
  const start = at === 0 ? 0 : mail.lastIndexOf('\n', at - 1) + 1
  const end = mail.indexOf('\n', at)
  return [start, end < 0 ? mail.length : end + 1]
}

function splice(mail: string, start: number, length: number, inserted: string): string {
  return mail.slice(0, start) + inserted + mail.slice(start + length)
}

/** One of the places that match says something else from now on. */
function lie(mail: string, where: Place, claim: RegExp, prefix: string, lies: readonly string[]): string {
  const claims = [...mail.matchAll(claim)]
  const told = claims[where.at % Math.max(1, claims.length)]
  if (!told) return mail
  return splice(mail, told.index, told[0].length, prefix + (lies[where.choice % lies.length] as string))
}
