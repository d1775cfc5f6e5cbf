// Why a mail was not delivered: the reason in what was said, or in a status code.
import { hintRows, type ReasonRow, reasonRows } from './reason-rows.ts'
import { unknownThing } from './unknown-thing.ts'

/** By status when no phrase is known; the rows of RFC 3463 that speak of one matter only. */
const reasonByStatus: Readonly<Record<string, string>> = {
  '1.1': 'user-unknown',
  '1.2': 'host-unknown',
  '1.3': 'user-unknown',
  '1.6': 'moved',
  '1.7': 'sender-rejected',
  '1.8': 'sender-rejected',
  '1.10': 'no-mail-host',
  '2.1': 'suspended',
  '2.2': 'mailbox-full',
  '2.3': 'too-big',
  '3.1': 'system',
  '3.2': 'system',
  '3.4': 'too-big',
  '3.5': 'system',
  '4.1': 'network',
  '4.2': 'network',
  '4.3': 'network',
  '4.5': 'rate',
  '4.6': 'mail-loop',
  '4.7': 'network',
  '6.1': 'content',
  '6.2': 'content',
  '6.3': 'content',
  '6.5': 'content',
  '7.1': 'policy',
  '7.2': 'policy',
  '7.7': 'content',
  '7.13': 'suspended',
  '7.23': 'authentication',
  '7.25': 'reverse-dns',
  '7.26': 'authentication',
  '7.27': 'sender-rejected',
  '7.28': 'rate',
}

/** The row of a reason found in what was said; undefined when no phrase is known. Linear in the text. */
export function reasonSaid(said: string): ReasonRow | undefined {
  const text = withoutNames(said)
  const found = reasonRows.findIndex((row) => row.phrases.some((phrase) => text.includes(phrase)))
  // Before the rows of those whose address is believed to live, a sentence that says otherwise in words of its own.
  if (found >= 0 && found < firstAfterUsers) return reasonRows[found]
  const thing = unknownThing(text)
  return thing ? rowOf(thing === 'user' ? 'user-unknown' : 'host-unknown') : reasonRows[found]
}

/** The row that the words hint at, when neither phrases nor the status tell more. */
export function reasonHinted(said: string): ReasonRow | undefined {
  const text = withoutNames(said)
  return hintRows.find((row) => row.phrases.some((phrase) => text.includes(phrase)))
}

const firstAfterUsers = reasonRows.findIndex(({ reason }) => reason === 'host-unknown') + 1

/** The row of a status code, when that says enough by itself. */
export function reasonOfStatus(status: string): ReasonRow | undefined {
  const reason = reasonByStatus[status.slice(2)]
  return reason ? rowOf(reason) : undefined
}

function rowOf(reason: string): ReasonRow | undefined {
  return reasonRows.find((row) => row.reason === reason)
}

/** Lower case, on one line; without addresses and paths of URLs, whose words (`spam@`, `/policy`) are no reasons. */
function withoutNames(said: string): string {
  return said
    .split(/\s+/)
    .map((word) => (isHostName(word) ? nameSaid(word) : wordSaid(word.toLowerCase())))
    .join(' ')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/ [45]\d\d[- ][45]\.\d\.\d{1,3}(?= )/g, '')
}

function wordSaid(word: string): string {
  const scheme = word.indexOf('://')
  if (scheme >= 0) return word.slice(0, scheme + 3) + (word.slice(scheme + 3).split(/[/?#]/, 1)[0] ?? '')
  const at = word.indexOf('@')
  if (at < 0) return word
  // What stands around the address stays: `<ada@customer.example>:` reads `<@>:`.
  let from = at
  let to = at + 1
  while (from > 0 && !aroundAddress.has(word[from - 1] ?? '')) from -= 1
  while (to < word.length && !aroundAddress.has(word[to] ?? '')) to += 1
  const dots = word.slice(at, to).endsWith('...') ? '...' : ''
  return `${word.slice(0, from)}@${dots}${word.slice(to)}`
}

/** Words of host names (`relay2`, `spam-filter`) are no reasons; that one is the name of a block list is. */
function nameSaid(name: string): string {
  return blockLists.test(name) ? 'block list' : 'x.y'
}

function isHostName(word: string): boolean {
  return (
    word.length < 256 && /^(?:dns;)?[([]?(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,20}\.?(?:$|[[(:;,)\]])/.test(word)
  )
}

const blockLists = /spam(?:haus|cop|rats)|sorbs|nsbl|rbl|barracudacentral|blacklist|blocklist/

const aroundAddress = new Set('<>()[]"\';:,')
