// Why a mail is held, and what a person can do about it. One table for the docs, the command line and the API.

interface QuarantineReason {
  readonly meaning: string
  /** What to do. */
  readonly next: string
  /** Whether the mail can be filed when a person says so. `again`: only by trying again, it was not understood. */
  readonly release: 'yes' | 'again' | 'never'
}

export const quarantineReasons: Readonly<Record<string, QuarantineReason>> = {
  loop: {
    meaning: 'It came from one of our own mailboxes, or went round too often.',
    next: 'Look for what sends our mail back to us. Release it only if a person wrote it.',
    release: 'yes',
  },
  backscatter: {
    meaning: 'It reports on a mail that is not ours.',
    next: 'Somebody sends mail in our name; nothing has to be done with this one. Discard.',
    release: 'yes',
  },
  'no-sender': {
    meaning: 'It names no usable sender, so there is nobody to answer.',
    next: 'Read its raw bytes, open a ticket by hand if it matters, and discard it.',
    release: 'never',
  },
  'sender-deactivated': {
    meaning: 'Its sender is a person who was deactivated.',
    next: 'Release it if it should be read all the same; activate the person for all that follow.',
    release: 'yes',
  },
  'blocked-sender': {
    meaning: 'Its sender, or the sender’s domain, is on the blocklist.',
    next: 'Release it if this one is wanted; take the entry off the blocklist for all that follow.',
    release: 'yes',
  },
  'ticket-deleted': {
    meaning: 'It answers a ticket that was deleted.',
    next: 'Release it to open a ticket, or into a ticket of your choice.',
    release: 'yes',
  },
  'ticket-closed': {
    meaning: 'It answers a ticket closed long ago, and its mailbox refuses such answers.',
    next: 'Release it to open a ticket linked to the old one.',
    release: 'yes',
  },
  'auto-reply-without-ticket': {
    meaning: 'It is an automatic reply that belongs to no ticket.',
    next: 'Mostly nothing. Release it into the ticket it belongs to, where you know it.',
    release: 'yes',
  },
  flood: {
    meaning: 'Its sender opened too many tickets within an hour.',
    next: 'Release what is wanted, discard the rest; block the sender if it goes on.',
    release: 'yes',
  },
  oversize: {
    meaning: 'It is larger than the limit; only its header was kept.',
    next: 'Release it to open a ticket that says so; the files have to be sent in another way.',
    release: 'yes',
  },
  'limit-exceeded': {
    meaning: 'It exceeds a limit of the parser (parts, depth, sizes).',
    next: 'Raise the limit if such mail is usual, then release it.',
    release: 'again',
  },
  unparseable: {
    meaning: 'Its bytes could not be read as a mail.',
    next: 'Read its raw bytes; release tries again, which helps after an update only.',
    release: 'again',
  },
  'timed-out': {
    meaning: 'Parsing took longer than the limit.',
    next: 'Release tries again. If it stays, tell the makers: it should not be possible.',
    release: 'again',
  },
  'out-of-memory': {
    meaning: 'Parsing needed more memory than the limit.',
    next: 'Release tries again; give the parser more memory if such mail is usual.',
    release: 'again',
  },
  crashed: {
    meaning: 'The parser process died over it.',
    next: 'Release tries again. If it stays, tell the makers.',
    release: 'again',
  },
  'attempts-exhausted': {
    meaning: 'It was started too often without an end; workers died over it.',
    next: 'Look at the workers’ log, then release it to try again.',
    release: 'again',
  },
  'filing-failed': {
    meaning: 'Something went wrong while it was filed.',
    next: 'The decision tells the error. Mend it, then release it to try again.',
    release: 'again',
  },
}

const ofRules: QuarantineReason = {
  meaning: 'A mail rule of the desk holds it; the word after `rule:` is the rule’s own.',
  next: 'Release it if this one is wanted; change the rule for all that follow.',
  release: 'yes',
}

/** What a reason means; undefined for one that no release of maildesk knows. */
export function quarantineReasonEntry(reason: string): QuarantineReason | undefined {
  if (reason.startsWith('rule:')) return ofRules
  return Object.hasOwn(quarantineReasons, reason) ? quarantineReasons[reason] : undefined
}
