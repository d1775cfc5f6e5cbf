// The words we send by ourselves. Nothing of the sender's stands in them: an acknowledgement that repeats a
// stranger's text is a way to send that text to anybody.

export interface AcknowledgementText {
  readonly subject: string
  readonly text: string
}

/** The acknowledgement of a new ticket. */
export function acknowledgementText(ticketNumber: string, mailboxName: string): AcknowledgementText {
  return {
    subject: `We have received your message [#${ticketNumber}]`,
    text: [
      'Hello,',
      '',
      `we have received your message; its number is #${ticketNumber}.`,
      'To add something, simply answer this email.',
      '',
      mailboxName,
      '',
    ].join('\n'),
  }
}
