/* Parsed mails for tests of what is decided about them. */

import type { BlobKey, MailAddress, ParsedEmail, ParsedPart, Rfc822Id } from '@maildesk/core'

/** What a test says of a mail: any field of ParsedEmail, with header fields as a plain object. */
export type EmailFields = Partial<Omit<ParsedEmail, 'headers' | 'messageId' | 'inReplyTo' | 'references'>> & {
  /** Field name in lower case → value, or values when the field stands several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly messageId?: string | null
  readonly inReplyTo?: readonly string[]
  readonly references?: readonly string[]
}

/** A short plain mail from a customer to the desk; `fields` replace what they name. */
export function anEmail({
  headers = {},
  messageId,
  inReplyTo,
  references,
  ...fields
}: EmailFields = {}): ParsedEmail {
  return {
    messageId: (messageId === undefined ? 'first@customer.example' : messageId) as Rfc822Id | null,
    inReplyTo: (inReplyTo ?? []) as readonly Rfc822Id[],
    references: (references ?? []) as readonly Rfc822Id[],
    date: '2026-11-22T09:00:00.000Z',
    from: [anAddress('ada@customer.example', 'Ada Lovelace')],
    sender: null,
    replyTo: [],
    to: [anAddress('support@desk.example')],
    cc: [],
    subject: 'The engine is stuck',
    text: 'It does not turn any more.\n',
    html: null,
    parts: [],
    reportParts: [],
    attachedMails: [],
    reply: { ranges: [], htmlRanges: null, reasons: [] },
    headers: Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value) => ({ name, value })),
    ),
    warnings: [],
    ...fields,
  }
}

export function anAddress(address: string, name = ''): MailAddress {
  return { name, address }
}

/** A PDF of 1 000 bytes; `fields` replace what they name. */
export function aPart(
  fields: Partial<Omit<ParsedPart, 'blob'>> & { readonly blob?: string } = {},
): ParsedPart {
  return {
    path: '2',
    filename: 'report.pdf',
    contentType: 'application/pdf',
    size: 1000,
    disposition: 'attachment',
    contentId: null,
    ...fields,
    blob: (fields.blob ?? 'a'.repeat(64)) as BlobKey,
  }
}
