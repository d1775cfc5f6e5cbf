// An agent's public answer → the mail that goes out.
import type { MailAddress } from '../inbound/mail-address.ts'
import { replySubject } from '../text/subject.ts'
import { type SendingMailbox, type Stamp, type Thread, threaded, tokenOf } from './compose-email.ts'
import { type QuotedMessage, replyHtml, replyText } from './reply-body.ts'
import { childThreadIndex } from './thread-index.ts'
import type { ComposedEmail } from './types.ts'

export interface AnsweringMailbox extends SendingMailbox {
  /** '' to make it of `signature`. */
  readonly signatureHtml: string
  /** Of what we say by ourselves; a language tag (BCP 47). */
  readonly language: string
}

export interface ReplyDraft {
  readonly to: MailAddress
  readonly cc: readonly MailAddress[]
  readonly authorName: string
  readonly text: string
  /** What goes along of the conversation, newest first. */
  readonly history: readonly QuotedMessage[]
}

/** One mail to all who get the answer. It is a person's, so nothing marks it as automatic. */
export function composeReply(
  draft: ReplyDraft,
  thread: Thread,
  mailbox: AnsweringMailbox,
  stamp: Stamp,
): ComposedEmail {
  const body = {
    text: draft.text,
    signature: mailbox.signature,
    signatureHtml: mailbox.signatureHtml,
    token: tokenOf(thread, stamp),
    language: mailbox.language,
    history: draft.history,
  }
  return {
    ...threaded(thread, mailbox, stamp),
    from: {
      name: [draft.authorName, mailbox.displayName].filter(Boolean).join(' – '),
      address: mailbox.address,
    },
    to: [draft.to],
    cc: draft.cc,
    subject: replySubject(thread.answered?.subject || thread.title, thread.ticketNumber),
    headers: threadHeaders(thread, stamp),
    text: replyText(body),
    html: replyHtml(body),
  }
}

/** What Outlook threads by, echoed where the answered mail had it. */
function threadHeaders({ answered }: Thread, stamp: Stamp): ComposedEmail['headers'] {
  const index = childThreadIndex(answered?.threadIndex ?? null, stamp.now, stamp.nonce)
  const topic = answered?.threadTopic ?? ''
  if (index === undefined) return []
  return [
    ...(topic === '' ? [] : [{ name: 'Thread-Topic', value: topic }]),
    { name: 'Thread-Index', value: index },
  ]
}
