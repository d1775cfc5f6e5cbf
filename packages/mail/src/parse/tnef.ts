// TNEF (MS-OXTNEF): the winmail.dat in which Outlook wraps what MIME has no name for, and with it the files. Body and
// files are taken out. Bounded, linear; never throws: of a damaged one, what could be read.
import { textOfCodePage } from './code-pages.ts'
import { type MapiValue, readMapiProperties } from './mapi-properties.ts'
import { uncompressRtf } from './rtf-compressed.ts'
import { readRtf } from './rtf-text.ts'

const signature = 0x223e9f78
/** Attributes read of one TNEF; a mail with 100 files has some 600. */
const maxAttributes = 10_000
/** Bytes of RTF that are made of a compressed one. */
const maxRtfBytes = 4 * 1024 * 1024
/** How deep mails inside are opened. */
const maxDepth = 3

const attributes = {
  subject: 0x8004,
  body: 0x800c,
  attachData: 0x800f,
  attachTitle: 0x8010,
  attachStart: 0x9002,
  messageProperties: 0x9003,
  attachProperties: 0x9005,
  codePage: 0x9007,
}

const properties = {
  subject: 0x0037,
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  displayName: 0x3001,
  attachData: 0x3701,
  attachName: 0x3704,
  attachLongName: 0x3707,
  attachType: 0x370e,
  contentId: 0x3712,
  codePage: 0x3fde,
}

const unicode = 0x001f
const object = 0x000d
/** Of the interface IMessage: the object is a mail, and itself TNEF. */
const messageObject = '0703020000000000c000000000000046'

/** Whether a part is TNEF, or says so. */
export function isTnef(contentType: string, filename: string): boolean {
  if (contentType === 'application/ms-tnef' || contentType === 'application/vnd.ms-tnef') return true
  return contentType === 'application/octet-stream' && /^win(?:mail)?\.dat$/i.test(filename)
}

interface TnefFile {
  /** '' when none was given. */
  readonly name: string
  /** As given; '' when none was. */
  readonly contentType: string
  readonly contentId: string | null
  readonly bytes: Buffer
}

export interface Tnef {
  readonly subject: string
  readonly plain: string | undefined
  readonly html: string | undefined
  readonly files: readonly TnefFile[]
  /** It ended too early, or held more than is read. */
  readonly damaged: boolean
}

/**
 * Reads a TNEF.
 * @param most files at most; those of mails inside it count.
 * @returns undefined when the bytes are none.
 */
export function readTnef(bytes: Buffer, most: number, depth = 0): Tnef | undefined {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== signature) return undefined
  const message = new Message()
  const damaged = !readAttributes(bytes, message)
  const files: TnefFile[] = []
  for (const attachment of message.attachments) {
    for (const file of filesOf(attachment, message.codePage, most - files.length, depth)) {
      if (files.length < most) files.push(file)
    }
  }
  return { ...message.texts(), files, damaged }
}

interface Attachment {
  title: Buffer | undefined
  data: Buffer | undefined
  properties: Map<number, MapiValue>
}

class Message {
  codePage = 1252
  subject: Buffer | undefined
  body: Buffer | undefined
  properties = new Map<number, MapiValue>()
  readonly attachments: Attachment[] = []

  texts(): { subject: string; plain: string | undefined; html: string | undefined } {
    const internet = this.properties.get(properties.codePage)?.bytes.readUInt32LE(0) ?? this.codePage
    const subject =
      textOf(this.properties.get(properties.subject), this.codePage) ?? stringOf(this.subject, this.codePage)
    let plain =
      textOf(this.properties.get(properties.body), this.codePage) ?? stringOf(this.body, this.codePage)
    let html = textOf(this.properties.get(properties.html), internet)
    const rtf = this.properties.get(properties.rtf)
    if (rtf && (html === undefined || html === '')) {
      const read = readRtf(uncompressRtf(rtf.bytes, maxRtfBytes))
      if (read.html) html = read.content
      else if (plain === undefined || plain.trim() === '') plain = read.content
    }
    return { subject: subject ?? '', plain: lines(plain), html: lines(html) }
  }
}

/** @returns whether it was read to its end. */
function readAttributes(bytes: Buffer, message: Message): boolean {
  let at = 6
  for (let count = 0; at < bytes.length; count += 1) {
    if (count === maxAttributes || at + 9 > bytes.length) return false
    const id = bytes.readUInt16LE(at + 1)
    const length = bytes.readUInt32LE(at + 5)
    const start = at + 9
    const end = Math.min(start + length, bytes.length)
    take(message, id, bytes.subarray(start, end))
    // A checksum of two bytes follows, which nobody checks.
    at = start + length + 2
  }
  return at === bytes.length
}

function take(message: Message, id: number, value: Buffer): void {
  if (id === attributes.attachStart)
    message.attachments.push({ title: undefined, data: undefined, properties: new Map() })
  const attachment = message.attachments.at(-1)
  if (id === attributes.codePage && value.length >= 4) message.codePage = value.readUInt32LE(0)
  else if (id === attributes.subject) message.subject = value
  else if (id === attributes.body) message.body = value
  else if (id === attributes.messageProperties) message.properties = readMapiProperties(value)
  else if (attachment && id === attributes.attachTitle) attachment.title = value
  else if (attachment && id === attributes.attachData) attachment.data = value
  else if (attachment && id === attributes.attachProperties) attachment.properties = readMapiProperties(value)
}

function filesOf(attachment: Attachment, codePage: number, most: number, depth: number): readonly TnefFile[] {
  const of = (id: number) => textOf(attachment.properties.get(id), codePage)
  const name =
    of(properties.attachLongName) ||
    stringOf(attachment.title, codePage) ||
    of(properties.attachName) ||
    of(properties.displayName) ||
    ''
  const value = attachment.properties.get(properties.attachData)
  const inner =
    value?.type === object && value.bytes.toString('hex', 0, 16) === messageObject
      ? value.bytes.subarray(16)
      : undefined
  const mail = inner && depth < maxDepth ? readTnef(inner, most, depth + 1) : undefined
  if (mail) return filesOfMail(mail, name)
  const bytes = attachment.data ?? (value?.type === object ? value.bytes.subarray(16) : value?.bytes)
  if (!bytes) return []
  const contentId = of(properties.contentId)?.replace(/^<|>$/g, '') || null
  return [{ name, contentType: of(properties.attachType) ?? '', contentId, bytes }]
}

/** A mail inside becomes the text it is, and its files. */
function filesOfMail(mail: Tnef, name: string): readonly TnefFile[] {
  const called = (mail.subject || name || 'message').replace(/\.(?:msg|eml)$/i, '')
  const html = mail.html !== undefined && mail.html !== ''
  const text = html ? mail.html : mail.plain
  if (text === undefined || text === '') return mail.files
  const body = {
    name: `${called}.${html ? 'html' : 'txt'}`,
    contentType: html ? 'text/html' : 'text/plain',
    contentId: null,
    bytes: Buffer.from(text, 'utf8'),
  }
  return [body, ...mail.files]
}

function textOf(value: MapiValue | undefined, codePage: number): string | undefined {
  if (!value) return undefined
  if (value.type === unicode) return withoutEnd(value.bytes.toString('utf16le'))
  return stringOf(value.bytes, codePage)
}

function stringOf(bytes: Buffer | undefined, codePage: number): string | undefined {
  return bytes && withoutEnd(textOfCodePage(bytes, codePage))
}

/** Strings of MAPI end with a NUL, which is counted. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1
  return text.slice(0, end)
}

function lines(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n')
}
