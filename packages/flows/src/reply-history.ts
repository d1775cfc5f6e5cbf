// What of the conversation goes along below a reply. Public words only, each message without what it repeats itself.
import { type QuotedMessage, writtenTextOf } from '@maildesk/core'
import {
  listSaidBefore,
  type MailboxRow,
  type MessageRow,
  type SaidBefore,
  type Transaction,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

/** Messages that are quoted with `full`. */
const maxMessages = 20
/** UTF-16 units of text quoted in all; the message that goes over is left out, and all before it. */
const maxText = 100_000
/** UTF-16 units of one message's HTML that is made harmless here; the text stands for a longer one. */
const maxHtml = 64 * 1024

/** Newest first. The answered message is the newest where the customer wrote last. */
export async function gatherHistory(
  tx: Transaction,
  deps: Pick<DeskDeps, 'quoteHtml'>,
  message: MessageRow,
  mailbox: Pick<MailboxRow, 'quoted_history' | 'display_name' | 'address'>,
): Promise<QuotedMessage[]> {
  if (mailbox.quoted_history === 'none') return []
  const limit = mailbox.quoted_history === 'last' ? 1 : maxMessages
  const said = await listSaidBefore(tx, message.ticket_id, { except: message.id, limit })
  const quoted: QuotedMessage[] = []
  let length = 0
  for (const one of said) {
    const text = writtenTextOf(one.message_text, one.text_ranges)
    length += text.length
    if (length > maxText) break
    quoted.push({
      writtenAt: one.created_at,
      writer: writerOf(one, mailbox),
      text,
      html: htmlOf(one, deps),
    })
  }
  return quoted
}

/** Agents are known by their name or as the desk: their own addresses are nobody's business. */
function writerOf(
  { senderRole, senderName, senderAddress }: SaidBefore,
  { display_name, address }: Pick<MailboxRow, 'display_name' | 'address'>,
): string {
  if (senderName) return senderName
  return senderRole === 'customer' ? senderAddress : display_name || address
}

/** HTML with quotes inside repeats what stands in this mail already: then the text says what was new. */
function htmlOf(said: SaidBefore, { quoteHtml }: Pick<DeskDeps, 'quoteHtml'>): string | null {
  const isWhole = said.html !== null && said.text_ranges === null && said.html.length <= maxHtml
  return isWhole ? quoteHtml(said.html as string) : null
}
