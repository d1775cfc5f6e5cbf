// Whom an answer goes to: one mail, To the requester, Cc those who take part. RFC 5322 §3.6.3.
import { isOwnAddress, normalAddress } from '../inbound/addresses.ts'
import type { MailAddress } from '../inbound/mail-address.ts'

/** People in the Cc of one answer. */
export const maxCopies = 48

/** The message that is answered; null for a conversation that staff begin. */
interface AnsweredPerson {
  readonly sender: MailAddress
  /** It is the requester's own. */
  readonly isRequesters: boolean
  /** Where its sender wants the answer (Reply-To). */
  readonly answerTo: string | null
  /** We were only Bcc'd: its other readers do not know of us. */
  readonly isBlindCopy: boolean
}

export interface PeopleOfReply {
  readonly requester: MailAddress
  /** Active ones only. */
  readonly collaborators: readonly MailAddress[]
  readonly answered: AnsweredPerson | null
  /** What the author asks for instead of the collaborators; undefined for the usual. */
  readonly cc: readonly string[] | undefined
  /** Addresses of all our mailboxes, normal form. */
  readonly ownAddresses: readonly string[]
  /** Nothing is sent there at all; normal form. */
  readonly suppressed: ReadonlySet<string>
  /** Whether the mail can be sent to an address at all; one that cannot would hold up the mail for all. */
  readonly isSendable: (address: string) => boolean
}

type LeftOutReason = 'unusable' | 'own-address' | 'suppressed' | 'too-many'

export interface RecipientsOfReply {
  /** Null when the one it is for cannot be written to; then nothing goes out. */
  readonly to: MailAddress | null
  readonly cc: readonly MailAddress[]
  /** Who was to get it and does not, with the reason. */
  readonly leftOut: readonly { readonly address: string; readonly reason: LeftOutReason }[]
}

/** Decides the header recipients, which are the envelope's as well. Nobody stands in it twice. Pure. */
export function recipientsOfReply(people: PeopleOfReply): RecipientsOfReply {
  const { answered } = people
  const leftOut: { address: string; reason: LeftOutReason }[] = []
  const seen = new Set<string>()
  const admit = (person: MailAddress): MailAddress | undefined => {
    const address = person.address.trim()
    const normal = normalAddress(address)
    if (seen.has(normal)) return undefined
    seen.add(normal)
    const reason = whyNot(address, normal, people)
    if (reason === undefined) return { name: person.name, address }
    leftOut.push({ address, reason })
    return undefined
  }
  const to = firstOf(addressees(people), admit)
  const copied =
    people.cc?.map((address) => ({ name: nameOf(address, people), address })) ??
    (answered?.isBlindCopy ? [] : people.collaborators)
  const cc: MailAddress[] = []
  // The requester gets the mail already, at whichever address the answer goes to.
  seen.add(normalAddress(people.requester.address))
  for (const person of copied) {
    const admitted = admit(person)
    if (admitted === undefined) continue
    if (cc.length < maxCopies) cc.push(admitted)
    else leftOut.push({ address: admitted.address, reason: 'too-many' })
  }
  return { to: to ?? null, cc, leftOut }
}

/** Whom it is for, best first: where the requester wants answers, else the requester; who blind-copied us gets it alone. */
function addressees({ requester, answered }: PeopleOfReply): MailAddress[] {
  if (!answered) return [requester]
  const asked = answered.answerTo === null ? [] : [{ name: answered.sender.name, address: answered.answerTo }]
  if (answered.isBlindCopy) return [...asked, answered.sender]
  return answered.isRequesters ? [...asked, requester] : [requester]
}

function firstOf(
  candidates: readonly MailAddress[],
  admit: (person: MailAddress) => MailAddress | undefined,
): MailAddress | undefined {
  for (const candidate of candidates) {
    const admitted = admit(candidate)
    if (admitted) return admitted
  }
  return undefined
}

function whyNot(
  address: string,
  normal: string,
  { ownAddresses, suppressed, isSendable }: PeopleOfReply,
): LeftOutReason | undefined {
  if (!isSendable(address)) return 'unusable'
  if (isOwnAddress(normal, ownAddresses)) return 'own-address'
  return suppressed.has(normal) ? 'suppressed' : undefined
}

function nameOf(address: string, { requester, collaborators }: PeopleOfReply): string {
  const normal = normalAddress(address)
  return [requester, ...collaborators].find((person) => normalAddress(person.address) === normal)?.name ?? ''
}
