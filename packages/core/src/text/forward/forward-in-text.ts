// A mail passed on within the text of another, below a mark or a header block.
import { normalAddress } from '../../inbound/addresses.ts'
import type { MailAddress } from '../../inbound/mail-address.ts'
import { headerValues, type ParsedEmail } from '../../inbound/parsed-email.ts'
import { lineText } from '../header-block-line.ts'
import { baseSubject } from '../subject.ts'
import { ambiguousForward, forwardReason } from './ambiguous-forward.ts'
import { isDrawn, readMarker } from './forward-markers.ts'
import { type Opening, openingOfBlock, openingWithoutBlock } from './forward-opening.ts'
import { type OutlineItem, outlineOf } from './forward-outline.ts'
import { outermostPrefix, type SubjectPrefix } from './forward-prefixes.ts'
import { commentIn, forwardedTextIn } from './forward-text.ts'
import type { Forwarded, ForwardReason } from './forwarded.ts'

/** Mails in one text that are looked at. */
const maxItems = 40
/** A longer line is no attribution. */
const maxAttribution = 300
/** KMail draws a line of dashes below the mail, too. */
const kmailMark = /^-{10} {2}[^-]{1,60} {2}-{10}$/

/** The outermost mail that the text passes on; `prefix` is what the subject says. */
export function forwardInText(email: ParsedEmail, prefix: SubjectPrefix): Forwarded | null {
  const lines = email.text.split('\n')
  const items = outlineOf(lines)
  const item = outermostForward(items, lines, prefix)
  if (!item) return null
  const reasons = reasonsFor(item, prefix, email.subject)
  const zone = zoneMinutesOf(email)
  const opening = openingOf(item, lines, zone)
  const others = items.slice(items.indexOf(item) + 1, maxItems)
  if (!opening) {
    const senders = others.flatMap((other) => candidatesOf(openingOf(other, lines, zone)))
    return ambiguousForward(senders, [...reasons, forwardReason('no-header-block', item.mark ?? '')])
  }
  const siblings = siblingsOf(item, opening, others, lines, zone)
  if (siblings.length > 0) {
    const reason = forwardReason('several-blocks', siblings.map(({ dateText }) => dateText).join(', '))
    return ambiguousForward([opening, ...siblings].flatMap(candidatesOf), [...reasons, reason])
  }
  return forwardOf(email, lines, item, opening, reasons)
}

function forwardOf(
  email: ParsedEmail,
  lines: readonly string[],
  item: OutlineItem,
  opening: Opening,
  reasons: readonly ForwardReason[],
): Forwarded {
  if (!opening.sender.sure) {
    const { candidates } = opening.sender
    const rule = candidates.length > 0 ? 'several-senders' : 'no-sender-address'
    return ambiguousForward(candidates, [
      ...reasons,
      forwardReason(rule, lineText(lines[item.afterMark] ?? '')),
    ])
  }
  const { text, below } = forwardedTextIn(
    lines,
    opening.end,
    item.quoteDepth,
    kmailMark.test(item.mark ?? ''),
  )
  return {
    ambiguous: false,
    how: 'block',
    from: opening.sender.from,
    date: opening.date,
    dateText: opening.dateText,
    to: opening.to,
    cc: opening.cc,
    subject: opening.subject ?? baseSubject(email.subject),
    text,
    comment: commentIn(lines, item.start),
    commentBelow: below,
    messageId: null,
    reasons,
  }
}

/** What a reply quotes may hold forwards; those are not this mail's. */
function outermostForward(
  items: readonly OutlineItem[],
  lines: readonly string[],
  prefix: SubjectPrefix,
): OutlineItem | undefined {
  let quotedFrom = Number.POSITIVE_INFINITY
  for (const item of items) {
    if (item.quoteDepth >= quotedFrom) continue
    if (isForward(item, lines, prefix)) return item
    quotedFrom = item.quoteDepth
  }
  return undefined
}

function isForward(item: OutlineItem, lines: readonly string[], prefix: SubjectPrefix): boolean {
  if (item.quoteDepth > 0 && (prefix === 'reply' || isWithinQuote(item, lines))) return false
  if (prefix === 'forward') return true
  if (item.mark !== null) return !hasAttributionAbove(item, lines)
  return prefix === 'either' && item.block !== null && !item.block.languages.includes('fi')
}

/** True when quoted text goes before it. */
function isWithinQuote(item: OutlineItem, lines: readonly string[]): boolean {
  for (let at = item.start - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? ''
    if (lineText(line) !== '') return line.trimStart().startsWith('>')
  }
  return false
}

/**
 * `On Friday at 10:00 Ada <ada@customer.example> wrote:` or `-----Original Message-----` above it: it belongs to what
 * is answered.
 */
function hasAttributionAbove(item: OutlineItem, lines: readonly string[]): boolean {
  return lines.slice(0, item.start).some((line, at) => {
    if (isDrawn(line) && /\p{L}/u.test(line) && readMarker(line) === null) return true
    if (line.length > maxAttribution || !/[:：]$/.test(line.trimEnd().slice(-1))) return false
    return /@|\d[:.h]\d\d/.test(`${lines[at - 1]?.slice(-maxAttribution) ?? ''} ${line}`)
  })
}

function reasonsFor(item: OutlineItem, prefix: SubjectPrefix, subject: string): ForwardReason[] {
  return [
    ...(item.mark === null ? [] : [forwardReason('forward-marker', item.mark)]),
    ...(prefix === 'forward' || prefix === 'either' ? [forwardReason('forward-subject', subject)] : []),
  ]
}

function openingOf(item: OutlineItem, lines: readonly string[], zoneMinutes: number): Opening | null {
  return item.block
    ? openingOfBlock(lines, item.block, zoneMinutes)
    : openingWithoutBlock(lines, item.afterMark, zoneMinutes)
}

/** Mails that the same program put beside this one, rather than mails inside of it. */
function siblingsOf(
  item: OutlineItem,
  opening: Opening,
  others: readonly OutlineItem[],
  lines: readonly string[],
  zoneMinutes: number,
): Opening[] {
  const inside = [opening]
  const siblings: Opening[] = []
  for (const other of others) {
    if (item.mark === null || other.mark !== item.mark || other.quoteDepth !== item.quoteDepth) continue
    const found = openingOf(other, lines, zoneMinutes)
    if (!found) continue
    if (inside.some((outer) => mayContain(outer, found))) inside.push(found)
    else siblings.push(found)
  }
  return siblings
}

/** A mail holds another when it answers it, passes it on, or was written by one who had got it. */
function mayContain(outer: Opening, inner: Opening): boolean {
  const subject = outer.subject ?? ''
  if (outermostPrefix(subject) !== null || baseSubject(subject) === baseSubject(inner.subject ?? ''))
    return true
  const writers = candidatesOf(outer).map(({ address }) => normalAddress(address))
  return [...candidatesOf(inner), ...inner.to, ...inner.cc].some(({ address }) =>
    writers.includes(normalAddress(address)),
  )
}

function candidatesOf(opening: Opening | null): readonly MailAddress[] {
  if (!opening) return []
  return opening.sender.sure ? [opening.sender.from] : opening.sender.candidates
}

/** The forwarder's offset from UTC, in which programs write dates without a zone; 0 when unknown. */
function zoneMinutesOf(email: ParsedEmail): number {
  const date = headerValues(email, 'date')[0]?.slice(0, 200) ?? ''
  const [, sign, hours, minutes] = / ([+-])(\d{2})(\d{2})(?!\d)/.exec(date) ?? []
  const total = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return total > 14 * 60 ? 0 : sign === '-' ? -total : total
}
