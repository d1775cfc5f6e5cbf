// Everything about a mailbox that can be set, said once: command line, API and docs are made from this table.
// A new setting is a column of `mailboxes` and a row here.
import { ticketCategories, ticketPriorities } from '../tickets/types.ts'

/** What a setting takes. `empty` says what null means, where null is allowed. */
export type SettingType =
  | { readonly type: 'switch' }
  | {
      readonly type: 'number'
      readonly min: number
      readonly max: number
      readonly unit: string
      readonly empty?: string
    }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  | {
      readonly type: 'text'
      /** UTF-16 units. */
      readonly max: number
      readonly lines: 'one' | 'many'
      readonly empty?: string
    }
  | { readonly type: 'language' }
  | { readonly type: 'domain'; readonly empty: string }
  | { readonly type: 'list'; readonly of: 'address' | 'name'; readonly max: number }

export type MailboxSetting = SettingType & { readonly meaning: string }

/** The longest list of a setting. */
const maxListed = 100

export const mailboxSettings = {
  display_name: {
    type: 'text',
    max: 150,
    lines: 'one',
    meaning: 'The name customers see beside the address.',
  },
  imap_host: {
    type: 'text',
    max: 255,
    lines: 'one',
    empty: 'nothing is read over IMAP',
    meaning: 'IMAP server.',
  },
  imap_port: { type: 'number', min: 1, max: 65_535, unit: 'port', empty: 'no server', meaning: 'IMAP port.' },
  imap_tls: {
    type: 'choice',
    values: ['implicit', 'starttls', 'none'],
    meaning: 'TLS of IMAP. `none` only on this machine or in a network of one’s own.',
  },
  imap_user: {
    type: 'text',
    max: 254,
    lines: 'one',
    empty: 'no server',
    meaning: 'User name at the IMAP server.',
  },
  imap_folder: {
    type: 'text',
    max: 255,
    lines: 'one',
    meaning: 'The first folder that is read; `mailbox folder` has the others.',
  },
  smtp_host: {
    type: 'text',
    max: 255,
    lines: 'one',
    empty: 'nothing is sent from this mailbox',
    meaning: 'SMTP server.',
  },
  smtp_port: { type: 'number', min: 1, max: 65_535, unit: 'port', empty: 'no server', meaning: 'SMTP port.' },
  smtp_tls: {
    type: 'choice',
    values: ['implicit', 'starttls', 'opportunistic', 'none'],
    meaning: 'TLS of SMTP.',
  },
  smtp_user: {
    type: 'text',
    max: 254,
    lines: 'one',
    empty: 'no log-in',
    meaning: 'User name at the SMTP server.',
  },
  after_processing: {
    type: 'choice',
    values: ['keep', 'seen', 'move', 'delete'],
    meaning: 'What happens in the mailbox to a mail that is safe with us.',
  },
  after_folder: {
    type: 'text',
    max: 255,
    lines: 'one',
    empty: 'none',
    meaning: 'Where `after_processing=move` moves to; made when it is missing.',
  },
  sent_folder: {
    type: 'text',
    max: 255,
    lines: 'one',
    empty: 'the server keeps copies itself',
    meaning: 'Folder for copies of what was sent.',
  },
  sub_addressing: {
    type: 'choice',
    values: ['none', 'plus', 'catch_all'],
    meaning:
      'Which signed addresses arrive here: `local+word@domain` (`plus`), any word at `reply_domain` (`catch_all`), or none. `mailbox probe` finds out.',
  },
  reply_domain: {
    type: 'domain',
    empty: 'none',
    meaning: 'A domain of which every address is delivered to this mailbox.',
  },
  acknowledge: { type: 'switch', meaning: 'Confirm new tickets to who wrote.' },
  default_category: { type: 'choice', values: ticketCategories, meaning: 'Category of new tickets.' },
  default_priority: { type: 'choice', values: ticketPriorities, meaning: 'Priority of new tickets.' },
  signature: { type: 'text', max: 10_000, lines: 'many', meaning: 'Stands under every reply.' },
  signature_html: {
    type: 'text',
    max: 50_000,
    lines: 'many',
    meaning: 'The same for the HTML part of replies.',
  },
  language: {
    type: 'language',
    meaning: 'Language of what is said by itself, such as acknowledgements (BCP 47).',
  },
  undo_seconds: {
    type: 'number',
    min: 0,
    max: 3600,
    unit: 'seconds',
    meaning: 'How long an agent can take a reply back before it leaves.',
  },
  quoted_history: {
    type: 'choice',
    values: ['none', 'last', 'full'],
    meaning: 'How much of the conversation goes along below a reply.',
  },
  late_answers: {
    type: 'choice',
    values: ['reopen', 'new_linked', 'reject'],
    meaning: 'What an answer to a ticket does that was closed longer ago than `reopen_days`.',
  },
  reopen_days: {
    type: 'number',
    min: 0,
    max: 3650,
    unit: 'days',
    empty: 'the general one',
    meaning: 'Within this time after closing an answer reopens the ticket.',
  },
  subject_threading_days: {
    type: 'number',
    min: 0,
    max: 30,
    unit: 'days',
    meaning: 'Within this time the same subject of the same sender is the same ticket; 0 is never.',
  },
  is_subject_strict: {
    type: 'switch',
    meaning: 'An answer under another subject is a new ticket, even while the old one is open.',
  },
  form_senders: {
    type: 'list',
    of: 'address',
    max: maxListed,
    meaning: 'Addresses of forms: what they send is of the person in Reply-To.',
  },
  rewriting_lists: {
    type: 'list',
    of: 'name',
    max: maxListed,
    meaning:
      'Addresses or domains of lists that put themselves into From: the sender is taken from X-Original-From or Reply-To.',
  },
  plus_tag_domains: {
    type: 'list',
    of: 'name',
    max: maxListed,
    meaning: 'Domains where ada+tag@ is the person of ada@.',
  },
  trusted_authserv_ids: {
    type: 'list',
    of: 'name',
    max: maxListed,
    meaning:
      'Servers whose Authentication-Results count (RFC 8601, authserv-id); arc:NAME for their ARC-Authentication-Results.',
  },
  border_hops: {
    type: 'number',
    min: 0,
    max: 20,
    unit: 'fields',
    meaning: 'Received fields of our own servers that may stand above an Authentication-Results that counts.',
  },
  trusted_arc_sealers: {
    type: 'list',
    of: 'name',
    max: maxListed,
    meaning: 'Domains whose ARC seal vouches for a mail that they passed on (RFC 8617).',
  },
  verifies_signatures: {
    type: 'switch',
    meaning: 'Verify DKIM and ARC signatures here when no trusted server said.',
  },
  trusts_agent_mail: {
    type: 'switch',
    meaning: 'Mail that comes in here under an agent’s address is the agent’s, without further proof.',
  },
  accepts_requester_domain: {
    type: 'switch',
    meaning: 'Who writes from the requester’s own domain joins the conversation without being asked for.',
  },
  opens_own_copies: {
    type: 'switch',
    meaning: 'A mail that went to another of our mailboxes as well opens a linked ticket here, too.',
  },
} as const satisfies Record<string, MailboxSetting>

export type MailboxSettingName = keyof typeof mailboxSettings

/** In the table's order. */
export const mailboxSettingNames = Object.keys(mailboxSettings) as MailboxSettingName[]

export function isMailboxSetting(name: string): name is MailboxSettingName {
  return Object.hasOwn(mailboxSettings, name)
}

/** A setting's row, seen as any row. */
export function mailboxSetting(name: MailboxSettingName): MailboxSetting {
  return mailboxSettings[name]
}
