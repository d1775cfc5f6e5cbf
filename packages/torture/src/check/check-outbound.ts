// I4: each outgoing mail left as often as the desk says it may have, and once if it was nobody's answer.
import type { Seen, Violation } from '../contracts.ts'
import type { Evidence, Outbound } from './evidence.ts'

const unfinishedStatuses = ['queued', 'sending', 'retry']

export interface OutboundAccount {
  readonly violations: readonly Violation[]
  readonly listedDoubles: number
  readonly uncertain: number
}

export function checkOutbound(evidence: Evidence): OutboundAccount {
  const copies = countCopies(evidence.ledgers.seen)
  const counted = evidence.snapshot.outbound.map((mail) => copiesOf(mail, copies))
  return {
    violations: [
      ...counted.flatMap(({ violations }) => violations),
      ...evidence.snapshot.outbound.flatMap((mail) => restOf(mail, copies)),
      ...doubledAnswers(evidence),
      ...machinesAnswered(evidence),
      ...unknownMail(evidence),
    ],
    listedDoubles: counted.reduce((sum, { listed }) => sum + listed, 0),
    uncertain: evidence.snapshot.outbound.filter(
      ({ kind, status, uncertainAttempts }) =>
        kind !== 'reply' && (status === 'uncertain' || (status === 'failed' && uncertainAttempts > 0)),
    ).length,
  }
}

/** Complete mails by Message-ID and recipient. What was refused at the end did not leave; what got no answer did. */
function countCopies(seen: readonly Seen[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const mail of seen.filter(isTaken)) {
    for (const recipient of mail.recipients) {
      const key = copyKey(mail.rfc822Id, recipient)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts
}

function isTaken({ finalReply }: Seen): boolean {
  return finalReply === null || finalReply.startsWith('2')
}

function copyKey(rfc822Id: string, recipient: string): string {
  return `${withoutBrackets(rfc822Id)} ${recipient.toLowerCase()}`
}

function withoutBrackets(id: string): string {
  return id.trim().replace(/^<|>$/g, '')
}

function copiesOf(mail: Outbound, copies: ReadonlyMap<string, number>) {
  const { kind, uncertainAttempts } = mail
  const mayBe = kind === 'reply' ? 1 + uncertainAttempts : 1
  const violations: Violation[] = []
  let listed = 0
  for (const { address } of mail.deliveries) {
    const count = copies.get(copyKey(mail.rfc822Id, address)) ?? 0
    if (count <= 1) continue
    if (count <= mayBe) listed += count - 1
    else
      violations.push(
        i4(
          'doubled',
          `${describe(mail)} left ${count} times to ${address}, with ${uncertainAttempts} attempts listed as uncertain`,
        ),
      )
  }
  return { violations, listed }
}

/** What is said of it at the end. */
function restOf(mail: Outbound, copies: ReadonlyMap<string, number>): Violation[] {
  if (unfinishedStatuses.includes(mail.status))
    return [i4('late', `${describe(mail)} is at rest and still ${mail.status}`)]
  if (mail.status !== 'sent') return []
  const isSeen = (address: string) => copies.has(copyKey(mail.rfc822Id, address))
  const claimed = mail.deliveries.filter(({ address, status }) => status === 'sent' && !isSeen(address))
  if (claimed.length > 0)
    return claimed.map(({ address }) => i4('lost', `${describe(mail)} never left to ${address}`))
  return mail.deliveries.some(({ address }) => isSeen(address))
    ? []
    : [i4('lost', `${describe(mail)} never left`)]
}

/** One acknowledgement, and one refusal, of a mail. */
function doubledAnswers({ snapshot }: Evidence): Violation[] {
  const answers = snapshot.outbound.filter(
    ({ kind, causeInboundId }) =>
      causeInboundId !== null && (kind === 'acknowledgement' || kind === 'rejection'),
  )
  return [...Map.groupBy(answers, ({ kind, causeInboundId }) => `${kind} of ${causeInboundId}`)]
    .filter(([, mails]) => mails.length > 1)
    .map(([what, mails]) => i4('doubled', `${mails.length} times the ${what}: ${idsOf(mails)}`))
}

/** Nothing answers a machine by itself. */
function machinesAnswered({ stories, snapshot }: Evidence): Violation[] {
  const machines = new Map(
    stories
      .filter(({ mail }) => mail.isAutomatic)
      .flatMap(({ rows, mark }) => rows.map(({ id }) => [id, mark] as const)),
  )
  return snapshot.outbound
    .filter(({ kind }) => kind === 'acknowledgement' || kind === 'rejection')
    .filter(({ causeInboundId }) => machines.has(causeInboundId ?? ''))
    .map((mail) =>
      i4('other', `${describe(mail)} answers a machine: ${machines.get(mail.causeInboundId ?? '')}`),
    )
}

/** Left without a row: of an automatic mail that is sent twice, the one that was rolled back. */
function unknownMail({ ledgers, snapshot }: Evidence): Violation[] {
  const known = new Map(snapshot.outbound.map((mail) => [withoutBrackets(mail.rfc822Id), mail]))
  const answered = new Set(
    ledgers.seen
      .filter(({ rfc822Id }) => known.has(withoutBrackets(rfc822Id)))
      .flatMap((mail) => mail.recipients.map((recipient) => `${mail.inReplyTo} ${recipient.toLowerCase()}`)),
  )
  const strange = ledgers.seen.filter((mail) => isTaken(mail) && !known.has(withoutBrackets(mail.rfc822Id)))
  const ofRecipients = ledgers.seen.flatMap((mail) => {
    const row = known.get(withoutBrackets(mail.rfc822Id))
    const addresses = row?.deliveries.map(({ address }) => address.toLowerCase())
    return mail.recipients
      .filter((recipient) => addresses && !addresses.includes(recipient.toLowerCase()))
      .map((recipient) =>
        i4('unexplained', `${mail.rfc822Id} left to ${recipient}, who is none of its recipients`),
      )
  })
  return [
    ...ofRecipients,
    ...strange.map((mail) => {
      const isAgain =
        mail.inReplyTo !== null &&
        mail.recipients.some((recipient) => answered.has(`${mail.inReplyTo} ${recipient.toLowerCase()}`))
      return i4(
        isAgain ? 'doubled' : 'unexplained',
        `mail ${mail.rfc822Id} left to ${mail.recipients.join(', ')} and has no row`,
      )
    }),
  ]
}

function describe({ kind, id, rfc822Id }: Outbound): string {
  return `${kind} ${id} (${rfc822Id})`
}

function idsOf(mails: readonly Outbound[]): string {
  return mails.map(({ id }) => id).join(', ')
}

function i4(kind: Violation['kind'], detail: string): Violation {
  return { invariant: 'I4', kind, detail }
}
