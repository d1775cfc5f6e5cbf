import type { SMTPServerSession } from 'smtp-server'

/** What a server writes on top of a mail that it delivers (RFC 5321 section 4.4), with CRLF line ends. */
export function traceHeader(session: SMTPServerSession, recipient: string, receivedAt: Date): string {
  const { mailFrom } = session.envelope
  const sender = mailFrom ? mailFrom.address : ''
  return [
    `Return-Path: <${sender}>`,
    `Delivered-To: ${recipient}`,
    `Received: from ${session.hostNameAppearsAs || 'unknown'} ([${session.remoteAddress}])`,
    `\tby sandbox.localhost (maildesk sandbox) with ${session.transmissionType} id ${session.id}`,
    `\tfor <${recipient}>; ${receivedAt.toUTCString().replace('GMT', '+0000')}`,
    '',
  ].join('\r\n')
}
