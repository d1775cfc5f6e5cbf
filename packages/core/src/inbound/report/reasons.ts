// Why a mail was not delivered: the reason in what was said, or in a status code.
import { type ReasonRow, reasonRows } from './reason-rows.ts'

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
  '3.4': 'too-big',
  '4.6': 'mail-loop',
  '7.1': 'policy',
}

/** The row of a reason found in what was said; undefined when no phrase is known. Linear in the text. */
export function reasonSaid(said: string): ReasonRow | undefined {
  const text = withoutNames(said)
  return reasonRows.find((row) => row.phrases.some((phrase) => text.includes(phrase)))
}

/** The row of a status code, when that says enough by itself. */
export function reasonOfStatus(status: string): ReasonRow | undefined {
  const reason = reasonByStatus[status.slice(2)]
  return reasonRows.find((row) => row.reason === reason)
}

/** Lower case, on one line; without addresses and paths of URLs, whose words (`spam@`, `/policy`) are no reasons. */
function withoutNames(said: string): string {
  return said
    .toLowerCase()
    .split(/\s+/)
    .map(wordSaid)
    .join(' ')
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

const aroundAddress = new Set('<>()[]"\';:,')
