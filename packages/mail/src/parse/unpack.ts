// Parts that hold others: what is taken out of them, and how deep.
import type { MailWarning, ParsedEmail, PartRole } from '@maildesk/core'
import type { ReadMail } from './attached-mails.ts'
import type { Section } from './body-text.ts'
import { readCms } from './cms.ts'
import type { Held } from './holding.ts'
import type { ParseLimits } from './limits.ts'
import type { PartSink } from './part-sink.ts'
import { safeContentType } from './safe-filename.ts'
import { encrypted } from './secure-mail.ts'
import { type StoredParts, typeOfName } from './stored-parts.ts'
import { readTnef } from './tnef.ts'

/** What a part turned out to be. */
export interface Unpacked {
  readonly role?: PartRole
  readonly warnings: readonly MailWarning[]
  /** Body that it holds. */
  readonly body?: Section
  /** The mail that it holds, whose parts were stored. */
  readonly mail?: ParsedEmail
}

/** Where the parts of a mail inside a part go, and who reads it. */
export interface UnpackInto {
  readonly stored: StoredParts
  readonly sink: PartSink
  readonly read: ReadMail
  /** How deep the mail around it stands. */
  readonly depth: number
}

interface Place {
  readonly path: string
  readonly order: number
}

/** Unpacks a winmail.dat; its files are stored below its path. */
export async function unpackTnef(held: Held, { path, order }: Place, stored: StoredParts): Promise<Unpacked> {
  const bytes = held.whole()
  if (!bytes) return tooLarge(path)
  const tnef = readTnef(bytes, stored.unpackableLeft())
  if (!tnef) return { warnings: [{ code: 'tnef-unread', detail: `part ${path} is no TNEF` }] }
  for (const [index, file] of tnef.files.entries()) {
    const part = {
      path: `${path}.tnef-${index + 1}`,
      filename: file.name,
      contentType: file.contentType === '' ? typeOfName(file.name) : safeContentType(file.contentType),
      contentId: file.contentId?.slice(0, 998) ?? null,
    }
    await stored.putUnpacked(order, part, file.bytes)
  }
  const warnings = tnef.damaged ? [{ code: 'tnef-damaged', detail: `part ${path}` }] : []
  return { role: 'container', warnings, body: { plain: tnef.plain, html: tnef.html } }
}

/** Unpacks what an opaque S/MIME signature holds (RFC 8551 §3.5.2); its parts are stored below its path. */
export async function unpackCms(
  held: Held,
  { path, order }: Place,
  into: UnpackInto,
  limits: ParseLimits,
): Promise<Unpacked> {
  const kind = readCms(held.beginning()).kind
  if (kind === 'encrypted') return { role: 'encrypted', warnings: [encrypted('smime')] }
  if (kind === 'unknown') return { warnings: [] }
  const label = { code: 'smime-signed', detail: 'not verified' }
  const bytes = held.whole()
  if (!bytes) return { role: 'signed', warnings: [label, ...tooLarge(path).warnings] }
  const cms = readCms(bytes)
  if (cms.kind !== 'signed' || !cms.content || into.depth >= limits.attachedMailDepth) {
    return { role: 'signed', warnings: [label] }
  }
  const mail = await into.read(cms.content, into.sink, into.depth + 1)
  for (const part of mail.parts) into.stored.add(order, { ...part, path: `${path}.${part.path}` })
  const body = { plain: mail.text, html: mail.html ?? undefined }
  return { role: 'signed', warnings: [label, ...mail.warnings.filter(isOfBody)], body, mail }
}

/** What is signed is a MIME entity, and lacks the fields of a mail. */
function isOfBody({ code }: MailWarning): boolean {
  return code !== 'date-invalid' && code !== 'no-body-separator'
}

function tooLarge(path: string): Unpacked {
  return { warnings: [{ code: 'too-large-to-unpack', detail: `part ${path} is kept as it is` }] }
}
