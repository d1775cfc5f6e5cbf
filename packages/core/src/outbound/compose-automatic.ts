// What we say by ourselves to people outside: words of ours alone. The gate adds the marks of an automatic mail.
import { type SendingMailbox, type Stamp, type Thread, threaded } from './compose-email.ts'
import {
  acknowledgementTemplate,
  lateAnswerTemplate,
  type RenderedTemplate,
  renderTemplate,
} from './templates.ts'
import type { ComposedEmail } from './types.ts'

/** A thread to answer, and the language to answer in (BCP 47). */
interface AutomaticThread extends Thread {
  readonly language: string
}

/** The acknowledgement of a new ticket. */
export function composeAcknowledgement(
  to: string,
  thread: AutomaticThread,
  mailbox: SendingMailbox,
  stamp: Stamp,
): ComposedEmail {
  const words = renderTemplate(acknowledgementTemplate, thread.language, {
    number: thread.ticketNumber,
    desk: mailbox.displayName || mailbox.address,
  })
  return inOurWords(words, to, thread, mailbox, stamp)
}

/** Tells that an answer came too late to be taken. Its Reply-To carries no token: an answer to it would be as late. */
export function composeLateAnswerRejection(
  to: string,
  thread: AutomaticThread,
  mailbox: SendingMailbox,
  stamp: Stamp,
): ComposedEmail {
  const words = renderTemplate(lateAnswerTemplate, thread.language, {
    number: thread.ticketNumber,
    address: mailbox.address,
    desk: mailbox.displayName || mailbox.address,
  })
  return { ...inOurWords(words, to, thread, mailbox, stamp), replyTo: null }
}

function inOurWords(
  { subject, text, html }: RenderedTemplate,
  to: string,
  thread: Thread,
  mailbox: SendingMailbox,
  stamp: Stamp,
): ComposedEmail {
  return {
    ...threaded(thread, mailbox, stamp),
    from: { name: mailbox.displayName, address: mailbox.address },
    // No display name: it would be the sender's words in our mail.
    to: [{ name: '', address: to }],
    cc: [],
    subject,
    headers: [],
    text,
    html,
  }
}
