// What every outgoing mail needs from its mailbox and its row.
import {
  type AnsweringMailbox,
  nonceLength,
  type Stamp,
  signReplyToken,
  type TokenRole,
  tokenAddress,
} from '@maildesk/core'
import { type Database, findMailbox, listMailboxes, type MailboxRow } from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

/** The mailbox a ticket is answered from: its own, else the first active one that can send; undefined when none can. */
export async function sendingMailboxOf(
  db: Database,
  ticket: { readonly mailbox_id: MailboxRow['id'] | null },
): Promise<MailboxRow | undefined> {
  const own = ticket.mailbox_id ? await findMailbox(db, ticket.mailbox_id) : undefined
  if (own?.smtp_host) return own
  return (await listMailboxes(db)).find(({ is_active, smtp_host }) => is_active && smtp_host !== null)
}

export function sendingMailbox(row: MailboxRow): AnsweringMailbox {
  return {
    address: row.address,
    displayName: row.display_name,
    subAddressing: row.sub_addressing !== 'none',
    replyDomain: row.sub_addressing === 'catch_all' ? row.reply_domain : null,
    signature: row.signature,
    signatureHtml: row.signature_html,
    language: row.language,
  }
}

/** What makes one outgoing mail unique. */
export function stampOf(deps: Pick<DeskDeps, 'ids' | 'clock' | 'settings'>) {
  return { nonce: deps.ids.nonce(nonceLength), now: deps.clock.now(), tokenKeys: deps.settings.tokenKeys }
}

export function fullName(user: { first_name: string; last_name: string }): string {
  return `${user.first_name} ${user.last_name}`.trim()
}

/** Where bounces go: the token address, so that a delivery report finds its ticket; else the mailbox. */
export function returnPath(
  mailbox: Pick<MailboxRow, 'address' | 'sub_addressing'>,
  ticketNumber: string,
  role: TokenRole,
  stamp: Stamp,
): string {
  const token = signReplyToken({ ticketNumber, role, nonce: stamp.nonce }, stamp.tokenKeys)
  return (mailbox.sub_addressing === 'plus' && tokenAddress(mailbox.address, token)) || mailbox.address
}
