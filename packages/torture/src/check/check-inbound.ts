// I1 and I9: every mail that the server took has its row, its end and its bytes; and none left the mailbox before.
import type { Violation } from '../contracts.ts'
import { type Evidence, type InboundRow, nameOf, placeOf, type Story } from './evidence.ts'

/** I1: a row per delivery, with the end it must have, and the bytes as they lie in the mailbox. */
export function checkInbound(evidence: Evidence): Violation[] {
  return [
    ...missingMail(evidence).filter(({ invariant }) => invariant === 'I1'),
    ...doubledPlaces(evidence),
    ...evidence.stories.flatMap(endOf),
    ...evidence.snapshot.inbound.flatMap((row) => [...unfinished(row), ...rawOf(row, evidence)]),
  ]
}

/** I9: nothing is moved, deleted or flagged in the mailbox before it has a row. */
export function checkMailbox(evidence: Evidence): Violation[] {
  const places = new Set(evidence.snapshot.inbound.map(placeOf))
  const flagged = [...(evidence.snapshot.flagged ?? [])].filter((place) => !places.has(place))
  return [
    ...missingMail(evidence).filter(({ invariant }) => invariant === 'I9'),
    ...flagged.map(
      (place): Violation => ({
        invariant: 'I9',
        kind: 'other',
        detail: `mail ${place} is flagged in the mailbox and has no row`,
      }),
    ),
  ]
}

/** Mail without a row. What still lies in the mailbox was not taken in (I1); what does not was taken away (I9). */
function missingMail({ stories, snapshot }: Evidence): Violation[] {
  const places = new Set(snapshot.inbound.map(placeOf))
  const unread = [...snapshot.mailbox.keys()].filter((place) => !places.has(place))
  const missing = stories.flatMap((story) =>
    Array<Story>(Math.max(0, story.deliveries.length - story.rows.length)).fill(story),
  )
  const ofDeliveries = missing.map((story): Violation => {
    const place = unread.shift()
    return place === undefined
      ? {
          invariant: 'I9',
          kind: 'lost',
          detail: `mail ${nameOf(story)} has no row and is gone from the mailbox`,
        }
      : {
          invariant: 'I1',
          kind: 'lost',
          detail: `mail ${nameOf(story)} has no row; mail ${place} of the mailbox has none`,
        }
  })
  // Delivered, but in no ledger: LMTP broke off after Dovecot had the mail.
  const others = unread.map(
    (place): Violation => ({
      invariant: 'I1',
      kind: 'lost',
      detail: `mail ${place} lies in the mailbox and has no row`,
    }),
  )
  return [...ofDeliveries, ...others]
}

function doubledPlaces({ snapshot }: Evidence): Violation[] {
  const rowsAt = Map.groupBy(snapshot.inbound, placeOf)
  return [...rowsAt].flatMap(([place, rows]): Violation[] =>
    place === undefined || rows.length === 1
      ? []
      : [
          {
            invariant: 'I1',
            kind: 'doubled',
            detail: `mail ${place} has ${rows.length} rows: ${idsOf(rows)}`,
          },
        ],
  )
}

function unfinished({ id, subject, status, finishedAt }: InboundRow): Violation[] {
  if (status === 'received')
    return [{ invariant: 'I1', kind: 'late', detail: `row ${id} (${subject}) is at rest and still received` }]
  return finishedAt === null
    ? [{ invariant: 'I1', kind: 'other', detail: `row ${id} (${subject}) is ${status} and never finished` }]
    : []
}

/** Of several rows one is the mail and the others are its copies; copies of what cannot be read are not known as such. */
function endOf(story: Story): Violation[] {
  const { rows, mail } = story
  const ended = (...statuses: string[]) => rows.filter(({ status }) => statuses.includes(status))
  const filed = ended('filed')
  const held = ended('quarantined')
  const isLate = ended('received').length > 0
  const violation = (kind: Violation['kind'], what: string): Violation => ({
    invariant: 'I1',
    kind,
    detail: `mail ${nameOf(story)} ${what}; rows ${idsOf(rows)}`,
  })
  const found: Violation[] = []
  if (filed.length > 1) found.push(violation('doubled', `is filed ${filed.length} times`))
  if (rows.length > 0 && filed.length + held.length === 0 && !isLate)
    found.push(violation('lost', 'is nothing but a copy of itself'))
  if (mail.expects !== 'quarantined' && mail.expects !== 'either' && held.length > 0)
    found.push(violation('other', `is held because of ${held.map(({ reason }) => reason).join(', ')}`))
  if (mail.expects === 'quarantined' && filed.length > 0)
    found.push(violation('other', 'is filed, and was to be held'))
  const originals = new Set([...filed, ...held].map(({ id }) => id))
  for (const copy of ended('duplicate')) {
    if (originals.size > 0 && !originals.has(copy.duplicateOf ?? ''))
      found.push(violation('other', `has a copy ${copy.id} that points to ${copy.duplicateOf}`))
  }
  return found
}

function rawOf(row: InboundRow, { snapshot }: Evidence): Violation[] {
  const lost = (what: string): Violation[] => [
    { invariant: 'I1', kind: 'lost', detail: `row ${row.id} (${row.subject}): ${what}` },
  ]
  if (!snapshot.blobs.has(row.rawKey)) return lost(`its raw mail ${row.rawKey} is not kept`)
  if (snapshot.endsAsDelivered?.get(row.id) === false)
    return lost(`its raw mail ${row.rawKey} does not end in what was delivered`)
  const lying = snapshot.mailbox.get(placeOf(row) ?? '')
  // Moved or deleted afterwards: nothing to compare with. Of one too large only the header is kept.
  return lying === undefined || lying === row.rawKey || row.reason?.split(':')[0] === 'oversize'
    ? []
    : lost(`its raw mail ${row.rawKey} is not what lies in the mailbox, ${lying}`)
}

function idsOf(rows: readonly InboundRow[]): string {
  return rows.map(({ id, status }) => `${id} ${status}`).join(', ') || 'none'
}
