// A composed email as the bytes that go out. The same input gives the same bytes: Message-ID, Date and boundaries are fixed.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  type ComposedEmail,
  type DkimSigning,
  databaseText,
  type MailAddress,
  MaildeskError,
} from '@maildesk/core'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import { safeContentType, safeFilename } from '../parse/safe-filename.ts'
import { strictAddress } from './strict-address.ts'

/** A file that goes out with a mail. */
export interface OutgoingFile {
  readonly filename: string
  readonly contentType: string
  /** Called when the bytes are wanted, at most once per build. */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>
}

/** Fields that have a place of their own in ComposedEmail or belong to MIME; not to be given as further fields. */
const ownFields =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*)$/i
const controls = /[\p{Cc}\p{Zl}\p{Zp}]+/gu

/**
 * Builds the mail: CRLF line ends, text (and HTML as alternative) in quoted-printable, files in base64. Control
 * characters in any field become a space, so that no value can begin a field or a recipient of its own (RFC 5322 §2.2).
 * With `signing` a DKIM signature stands above it, and the mail is held in memory meanwhile.
 * @throws MaildeskError smtp.rejected for an address that strictAddress refuses or a further field that must not be
 *   given; whatever `open` of a file throws. Both while the bytes are read.
 */
export async function* buildMime(
  email: ComposedEmail,
  files: readonly OutgoingFile[],
  signing: DkimSigning | null = null,
): AsyncGenerator<Uint8Array> {
  const composer = new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
    // "=_" can stand neither in quoted-printable nor in base64 (RFC 2045 §6.7), so no body contains the boundary.
    boundaryPrefix: '=_maildesk',
    baseBoundary: createHash('sha256').update(email.messageId).digest('hex').slice(0, 32),
    messageId: idField(email.messageId),
    date: new Date(email.date),
    from: addressField(email.from),
    to: email.to.map(addressField),
    cc: email.cc.map(addressField),
    ...(email.replyTo ? { replyTo: addressField(email.replyTo) } : {}),
    subject: oneLine(email.subject),
    ...(email.inReplyTo === null ? {} : optionalIds('inReplyTo', [email.inReplyTo])),
    ...optionalIds('references', email.references),
    headers: email.headers.map(furtherField),
    text: body(email.text),
    ...(email.html === null ? {} : { html: body(email.html) }),
    attachments: files.map(attachment),
  })
  const mail = composer.compile().createReadStream()
  yield* (signing ? signed(mail, signing) : mail) as AsyncIterable<Uint8Array>
}

/** RFC 6376; RSA gives the same signature each time, and no time stands in it: the same mail stays the same bytes. */
function signed(mail: Readable, { domain, selector, privateKey }: DkimSigning): Readable {
  return new DKIM({ domainName: domain, keySelector: selector, privateKey }).sign(mail)
}

function oneLine(text: string): string {
  return databaseText(text).replace(controls, ' ').trim()
}

function addressField({ name, address }: MailAddress): MailAddress {
  const strict = strictAddress(address)
  if (strict === null)
    throw new MaildeskError('smtp.rejected', `not an address that mail is sent to: ${oneLine(address)}`)
  return { name: oneLine(name), address: strict }
}

function furtherField({ name, value }: { readonly name: string; readonly value: string }): {
  key: string
  value: string
} {
  if (!/^[A-Za-z0-9-]{1,60}$/.test(name) || ownFields.test(name)) {
    throw new MaildeskError(
      'smtp.rejected',
      `not a header field that can be added: ${oneLine(name).slice(0, 60)}`,
    )
  }
  return { key: name, value: oneLine(value) }
}

/** A msg-id is ASCII without spaces and brackets (RFC 5322 §3.6.4); what others sent may be anything. */
function idField(id: string): string {
  return `<${id.replace(/[^!-;=?-~]/g, '')}>`
}

function optionalIds(field: 'inReplyTo' | 'references', ids: readonly string[]): { [name: string]: string } {
  const usable = ids.map(idField).filter((id) => id !== '<>')
  return usable.length === 0 ? {} : { [field]: usable.join(' ') }
}

function body(content: string): { content: string; contentTransferEncoding: 'quoted-printable' } {
  const lines = content.toWellFormed().replaceAll('\u0000', '').replace(/\r\n?/g, '\n')
  return { content: lines, contentTransferEncoding: 'quoted-printable' }
}

function attachment(file: OutgoingFile, index: number) {
  const contentType = leafType(file.contentType)
  return {
    filename: safeFilename(file.filename, String(index + 1), contentType),
    contentType,
    contentDisposition: 'attachment' as const,
    contentTransferEncoding: 'base64' as const,
    content: Readable.from(opened(file)),
  }
}

async function* opened(file: OutgoingFile): AsyncGenerator<Uint8Array> {
  yield* await file.open()
}

/** Types that readers look into for further parts must not be base64 (RFC 2046 §5); as a file they are just bytes. */
function leafType(contentType: string): string {
  const safe = safeContentType(contentType)
  return /^(?:multipart|message)\//.test(safe) ? 'application/octet-stream' : safe
}
