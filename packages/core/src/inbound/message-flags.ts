// What staff should know before they trust a message. Flags never decide; they are shown.
import { databaseText } from '../text/database-text.ts'
import { isUsableAddress, normalAddress } from './addresses.ts'
import type { InboundFacts, InboundVerdict } from './decision.ts'
import { headerValues, type ParsedEmail } from './parsed-email.ts'
import { isAnotherTopic } from './rules/open-for-another-topic.ts'
import { senderOf } from './sender.ts'

export type FlagCode =
  | 'authentication-failed'
  | 'several-senders'
  | 'name-shows-another-address'
  | 'name-of-staff'
  | 'answers-go-elsewhere'
  | 'message-id-reused'
  | 'topic-changed'
  | 'answered-to-an-old-ticket'
  | 'sender-named-elsewhere'
  | 'unverified-agent-mail'
  | 'draft-held'
  | 'choose-requester'
  | 'redirected'
  | 'sent-elsewhere'

export interface MessageFlag {
  readonly code: FlagCode
  /** What shows it; attacker's text. */
  readonly detail: string
}

export interface FlagFacts {
  /** Names of all staff, as they are shown. */
  readonly staffNames: readonly string[]
  /** Another mail with this Message-ID and other content is held. */
  readonly messageIdReused: boolean
}

/** UTF-16 units kept of what shows a flag. */
const maxDetail = 200

/** All flags of one mail, given where it goes. Pure. */
export function flagsOf(
  email: ParsedEmail,
  facts: InboundFacts,
  verdict: InboundVerdict,
  known: FlagFacts,
): MessageFlag[] {
  const sender = senderOf(email)
  const flags: MessageFlag[] = []
  const flag = (code: FlagCode, detail: string) =>
    flags.push({ code, detail: databaseText(detail, maxDetail) })

  if (facts.authentication === 'fail') flag('authentication-failed', sender?.address ?? '')
  const { via } = facts.sender
  if (via) flag('sender-named-elsewhere', via)
  const senders = new Set(email.from.map(({ address }) => normalAddress(address)).filter(Boolean))
  if (senders.size > 1) flag('several-senders', [...senders].join(', '))
  const shown = sender && addressInName(sender.name)
  if (shown && normalAddress(shown) !== normalAddress(sender.address))
    flag('name-shows-another-address', shown)
  const isStaff = facts.sender.role === 'provider' || facts.sender.role === 'admin'
  if (sender && !isStaff && isNameOf(sender.name, known.staffNames)) flag('name-of-staff', sender.name)
  const elsewhere = answerAddress(email)
  if (elsewhere) flag('answers-go-elsewhere', elsewhere)
  if (known.messageIdReused && email.messageId) flag('message-id-reused', email.messageId)
  const [resender] = headerValues(email, 'resent-from')
  if (resender) flag('redirected', resender)
  if (verdict.kind === 'open' && verdict.requesterCandidates)
    flag('choose-requester', verdict.requesterCandidates.map(({ address }) => address).join(', '))
  if (verdict.kind === 'append' && verdict.agent?.kind === 'hold') {
    const { reason, missing } = verdict.agent
    if (reason === 'unverified') flag('unverified-agent-mail', missing.join(', '))
    else flag('draft-held', reason)
  }
  if (verdict.kind === 'append') {
    const used = facts.evidence.find(({ ticketId }) => ticketId === verdict.ticketId)
    if (used && isAnotherTopic(email, used)) flag('topic-changed', email.subject)
    if (used && used.mergedFrom.length > 0)
      flag('answered-to-an-old-ticket', used.mergedFrom.map((number) => `#${number}`).join(', '))
  }
  return flags
}

/** The one usable address of Reply-To, when it is not the sender's own; undefined otherwise. */
export function answerAddress(email: ParsedEmail): string | undefined {
  const sender = normalAddress(senderOf(email)?.address ?? '')
  const usable = email.replyTo.map(({ address }) => address.trim()).filter(isUsableAddress)
  const [only] = usable
  return only && normalAddress(only) !== sender ? only : undefined
}

/** A word with an @ in a display name. Split, not matched: names are of any length. */
function addressInName(name: string): string | undefined {
  return name.split(/[\s<>()"',;]/).find(isUsableAddress)
}

function isNameOf(name: string, staffNames: readonly string[]): boolean {
  const plain = plainName(name)
  return plain !== '' && staffNames.some((staff) => plainName(staff) === plain)
}

/** Letters as they look: compatibility forms and accents folded, everything but letters and digits left out. */
function plainName(name: string): string {
  return name
    .slice(0, maxDetail)
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
}
