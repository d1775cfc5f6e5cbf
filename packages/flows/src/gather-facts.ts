// The read-only step before a decision: everything the rules may know, in one place.
import {
  bodyHash,
  classifyEmail,
  countBadTokens,
  domainOf,
  evidenceOf,
  type Forwarded,
  type ForwardFacts,
  goneTicketOf,
  hasWordsInsideQuote,
  holdsOurWords,
  type InboundFacts,
  inferMachine,
  isOwnAddress,
  isProbeWord,
  isUsableAddress,
  type MailKind,
  normalAddress,
  outermostPrefix,
  type ParsedEmail,
  type Pointer,
  pointersOf,
  readAgentMail,
  readForward,
  recipientAddresses,
  repeatWindowMinutes,
  reportPointersOf,
  senderOf,
  tokenOfMessageId,
  untaggedAddress,
  verifyReplyToken,
} from '@maildesk/core'
import {
  countSameBody,
  countTicketsOpenedBy,
  type Database,
  findBlockingEntry,
  findDuplicate,
  findPendingParent,
  findPointedTickets,
  findReportedMail,
  findUserByEmail,
  type InboundEmailRow,
  isMessageIdReused,
  listMailboxes,
  listNotificationTokens,
  listStaffNames,
  type MailboxRow,
  type UserRow,
} from '@maildesk/db'
import type { DeskSettings } from './deps.ts'
import type { JudgedMail } from './judge-email.ts'
import { ticketUrl } from './ticket-url.ts'

const dayMs = 24 * 60 * 60 * 1000

export interface Gathered {
  readonly facts: InboundFacts
  readonly contentHash: string
  /** Of sender and words alone; null when they are too few. */
  readonly bodyHash: string | null
  readonly mailbox: MailboxRow | undefined
  readonly sender: UserRow | undefined
  /** The mail it passes on, as far as it can be read. */
  readonly forwarded: Forwarded | null
  /** Addresses of all our mailboxes, normal form. */
  readonly ownAddresses: readonly string[]
  /** Names of all staff, as they are shown. */
  readonly staffNames: readonly string[]
  readonly messageIdReused: boolean
}

/** The person of an address, tags left away where they are the person's own. */
async function findPerson(
  db: Database,
  address: string,
  plusTagDomains: readonly string[],
): Promise<UserRow | undefined> {
  const known = await findUserByEmail(db, address)
  const untagged = untaggedAddress(address, plusTagDomains)
  return known ?? (untagged ? findUserByEmail(db, untagged) : undefined)
}

/** Reads what the rules need to know about one mail. Writes nothing. */
export async function gatherFacts(
  db: Database,
  settings: DeskSettings,
  row: Pick<InboundEmailRow, 'id' | 'mailbox_id' | 'received_at' | 'internal_date' | 'folder_purpose'> &
    Partial<Pick<InboundEmailRow, 'waived_reasons' | 'waiting_since'>>,
  { email, identity, authentication, contentHash: hash }: JudgedMail,
  now: Date,
): Promise<Gathered> {
  const mailboxes = await listMailboxes(db)
  const mailbox = mailboxes.find(({ id }) => id === row.mailbox_id)
  const ownAddresses = mailboxes.map(({ address }) => normalAddress(address))
  const address = normalAddress(senderOf(email)?.address ?? '')
  const sender = address ? await findPerson(db, address, mailbox?.plus_tag_domains ?? []) : undefined
  const wordsHash = bodyHash(email)
  // Old mail that is taken in at once, as from a backfill, neither repeats itself nor is a flood.
  const isFresh = !isOld(row)
  const repeated = { id: row.id, contentHash: hash, minutes: repeatWindowMinutes }
  const sameBodyInLastHour =
    wordsHash && isFresh ? await countSameBody(db, { ...repeated, bodyHash: wordsHash }) : 0
  const references = [...email.inReplyTo, ...email.references]
  const pointers = pointersOf(email, settings.tokenKeys)
  // Asked before the evidence: a parent that is filed between the two questions is then found as evidence, not missed by both.
  const pendingParent = (await findPendingParent(db, row.id, references)) ?? null
  const recipients = recipientAddresses(email)
  const messageIdReused = await isMessageIdReused(db, {
    id: row.id,
    contentHash: hash,
    rfc822Id: email.messageId,
  })
  const staff = sender && sender.role !== 'customer' ? sender : undefined
  const ownTokens = staff ? await listNotificationTokens(db, noncesOf(pointers), staff.id) : []
  const forwarded = readForward(email)
  const pointed = await findPointedTickets(db, pointers, { address, userId: sender?.id ?? null }, mailbox)
  const blockedBy = address ? await findBlockingEntry(db, address) : undefined
  const classification = inferMachine(classifyEmail(email, ownAddresses, { tokenKeys: settings.tokenKeys }), {
    sameBodyInLastHour,
    senderIsStaff: staff !== undefined,
  })
  const facts: InboundFacts = {
    sender: {
      address,
      ...(identity && identity.via !== 'from' ? { via: identity.via } : {}),
      userId: sender?.id ?? null,
      role: sender?.role ?? null,
      isActive: sender?.is_active ?? true,
      ...(blockedBy === undefined ? {} : { blockedBy }),
      ticketsInLastHour: address && isFresh ? await countTicketsOpenedBy(db, address) : 0,
      sameBodyInLastHour,
    },
    classification,
    authentication: authentication.verdict,
    mailboxId: mailbox?.id ?? null,
    folderPurpose: row.folder_purpose ?? 'inbox',
    ownMail: ownMailOf(email, settings.tokenKeys),
    addressedMailboxIds: mailboxes
      .filter((one) => recipients.some((recipient) => reaches(recipient, one)))
      .map(({ id }) => id),
    looksForwarded: outermostPrefix(email.subject) === 'forward' || forwarded !== null,
    forward: forwarded && staff ? await gatherForward(db, forwarded, ownAddresses) : null,
    staff: staff
      ? {
          answersGoToSender: await answersGoTo(db, email, staff, address),
          // Whom a form or a list names is nobody's word.
          isTrustedMailbox: (mailbox?.trusts_agent_mail ?? false) && identity?.via === 'from',
          repeatsNotification: isMixedWith(
            email,
            ownTokens.map(({ text }) => text),
            ticketUrl(settings, ''),
          ),
        }
      : null,
    evidence: evidenceOf(pointed.found, pointed.tickets, {
      senderAddress: address,
      senderIsStaff: sender !== undefined && sender.role !== 'customer' && sender.is_active,
      mailboxId: mailbox?.id ?? null,
      messageIdReused,
      text: email.text,
      ownTokens: ownTokens.map(({ nonce, ticketNumber, role }) => ({ nonce, ticketNumber, role })),
    }),
    goneTicket: goneTicketOf(pointers, pointed.found),
    report: isReport(classification.kind)
      ? ((await findReportedMail(db, reportPointersOf(email, settings.tokenKeys))) ?? null)
      : null,
    badTokens: countBadTokens(email, settings.tokenKeys),
    duplicateOf:
      (await findDuplicate(db, {
        id: row.id,
        mailboxId: row.mailbox_id,
        contentHash: hash,
        rfc822Id: email.messageId,
      })) ?? null,
    pendingParent,
    waitedMs: row.waiting_since ? Math.max(0, now.getTime() - row.waiting_since.getTime()) : 0,
    ...(row.waived_reasons?.length ? { waivedReasons: row.waived_reasons } : {}),
    policy: {
      parentWaitMs: settings.parentWaitMs,
      reopenMs: (mailbox?.reopen_days ?? settings.reopenDays) * dayMs,
      lateAnswers: mailbox?.late_answers ?? 'new_linked',
      isSubjectStrict: mailbox?.is_subject_strict ?? false,
      acceptsRequesterDomain: mailbox?.accepts_requester_domain ?? false,
      opensOwnCopies: mailbox?.opens_own_copies ?? false,
      floodTicketsPerHour: settings.floodTicketsPerHour,
    },
  }
  return {
    facts,
    contentHash: hash,
    bodyHash: wordsHash,
    mailbox,
    sender,
    forwarded,
    ownAddresses,
    staffNames: await listStaffNames(db),
    messageIdReused,
  }
}

/** True for the mailbox's own address, with or without a sub-address, and for any at its reply domain. Pure. */
export function reaches(
  recipient: string,
  { address, reply_domain }: Pick<MailboxRow, 'address' | 'reply_domain'>,
): boolean {
  return isOwnAddress(recipient, [normalAddress(address)]) || domainOf(recipient) === reply_domain
}

function ownMailOf({ messageId }: ParsedEmail, keys: readonly string[]): InboundFacts['ownMail'] {
  if (messageId === null) return null
  if (isProbeWord(messageId, keys)) return 'probe'
  const token = tokenOfMessageId(messageId)
  return token !== undefined && verifyReplyToken(token, keys) ? 'reply' : null
}

function isReport(kind: MailKind): boolean {
  return kind === 'bounce' || kind === 'delivery_notice' || kind === 'complaint'
}

/** The server took it in long before us; its own date, which the sender cannot write. */
function isOld(row: Pick<InboundEmailRow, 'received_at' | 'internal_date'>): boolean {
  return row.internal_date !== null && row.received_at.getTime() - row.internal_date.getTime() > dayMs
}

function noncesOf(pointers: readonly Pointer[]): string[] {
  return [...new Set(pointers.flatMap((pointer) => (pointer.by === 'token' ? [pointer.nonce] : [])))]
}

function isMixedWith(email: ParsedEmail, notifications: readonly string[], url: string): boolean {
  return (
    holdsOurWords(readAgentMail(email).text, notifications, [url]) ||
    hasWordsInsideQuote(email, notifications)
  )
}

/** Addresses of Reply-To that are looked up; more are no agreement with From. */
const maxReplyTo = 5

/** From names one person, and answers go to the same. */
async function answersGoTo(
  db: Database,
  email: ParsedEmail,
  sender: UserRow,
  address: string,
): Promise<boolean> {
  const from = new Set(email.from.map((one) => normalAddress(one.address)))
  if (from.size !== 1 || !from.has(address) || email.replyTo.length > maxReplyTo) return false
  for (const one of email.replyTo) {
    const isSame =
      normalAddress(one.address) === address || (await findUserByEmail(db, one.address))?.id === sender.id
    if (!isSame) return false
  }
  return true
}

/** Who the mail may be of that staff pass on; null when it is of ourselves or of staff, and so no customer's. */
async function gatherForward(
  db: Database,
  forwarded: Forwarded,
  ownAddresses: readonly string[],
): Promise<ForwardFacts | null> {
  const isCustomer = async ({ address }: { readonly address: string }) => {
    if (!isUsableAddress(address) || isOwnAddress(address, ownAddresses)) return false
    const user = await findUserByEmail(db, address)
    return !user || user.role === 'customer'
  }
  if (!forwarded.ambiguous)
    return (await isCustomer(forwarded.from)) ? { from: forwarded.from, candidates: [] } : null
  const candidates = []
  for (const candidate of forwarded.candidates) if (await isCustomer(candidate)) candidates.push(candidate)
  return { from: null, candidates }
}
