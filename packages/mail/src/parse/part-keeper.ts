// What becomes of each leaf of the MIME tree while the mail streams by, and afterwards: text that is body, or a part that
// is stored. Nothing else exists, so nothing is lost.
import type { AttachedMail, MailWarning, ParsedPart, ReportPart } from '@maildesk/core'
import { AttachedMails, isMail, type ReadMail } from './attached-mails.ts'
import { bodyLeaves, type LeafTexts, type Section } from './body-text.ts'
import type { BoundedMailParser, MimeLeaf } from './bounded-mail-parser.ts'
import { shownContentIds, takeDataFiles } from './data-images.ts'
import { decodeBytes } from './header-fields.ts'
import { type HeldText, HeldTexts } from './held-texts.ts'
import { calendarLine, enrichedText, hiddenTextBytes } from './hidden-texts.ts'
import { type Held, Holding } from './holding.ts'
import { textOfLeaf } from './leaf-text.ts'
import type { ParseLimits } from './limits.ts'
import type { MimeNode } from './mime-node.ts'
import { describedFilename } from './part-filename.ts'
import { pathOf } from './part-path.ts'
import type { PartSink } from './part-sink.ts'
import { ReportTexts } from './report-texts.ts'
import { safeContentType } from './safe-filename.ts'
import { mayBeCms, pgpInText, secureRole } from './secure-mail.ts'
import { type PartToStore, StoredParts, typeOfName } from './stored-parts.ts'
import { isTnef } from './tnef.ts'
import { type Unpacked, type UnpackInto, unpackCms, unpackTnef } from './unpack.ts'
import { mayHoldFiles, takeFiles } from './uuencoded.ts'

/** Content ids that are looked for in one HTML. */
const maxShownIds = 1_000
/** Names that mail programs know such parts by. */
const usualNames: Readonly<Record<string, string>> = {
  'application/ms-tnef': 'winmail.dat',
  'application/vnd.ms-tnef': 'winmail.dat',
  'application/pkcs7-mime': 'smime.p7m',
  'application/x-pkcs7-mime': 'smime.p7m',
  'application/pkcs7-signature': 'smime.p7s',
  'application/x-pkcs7-signature': 'smime.p7s',
  'application/pgp-signature': 'signature.asc',
}
/** Bytes of a part that are held, by its kind. */
const heldBytes = {
  file: 0,
  mail: 0,
  calendar: hiddenTextBytes,
  enriched: hiddenTextBytes,
  tnef: Number.POSITIVE_INFINITY,
  cms: Number.POSITIVE_INFINITY,
}

export class PartKeeper {
  readonly #limits: ParseLimits
  readonly #reports = new ReportTexts()
  readonly #mails: AttachedMails
  readonly #texts: HeldTexts
  readonly #holding: Holding
  readonly #into: UnpackInto
  readonly #said = new Map<MimeNode, Section>()
  readonly #hidden: Section[] = []
  readonly stored: StoredParts
  readonly warnings: MailWarning[] = []
  #leaves = 0

  constructor(sink: PartSink, limits: ParseLimits, read: ReadMail, depth: number) {
    this.#limits = limits
    this.stored = new StoredParts(sink, limits)
    this.#holding = new Holding(limits.unpackBytes)
    this.#into = { stored: this.stored, sink, read, depth }
    this.#mails = new AttachedMails(read, limits, depth, this.warnings)
    this.#texts = new HeldTexts(limits, this.warnings)
  }

  /** Reads one leaf to its end. */
  async keep(leaf: MimeLeaf, node: MimeNode): Promise<void> {
    this.#leaves += 1
    if (!isBodyText(node)) return this.#keepPart(leaf, node, this.#leaves)
    const text = {
      node,
      path: pathOf(node),
      order: this.#leaves,
      contentType: node.contentType as HeldText['contentType'],
      contentId: contentIdOf(leaf),
    }
    await this.#texts.hold(text, leaf.content, (bytes) =>
      this.stored.put(text.order, { ...text, filename: '' }, bytes),
    )
  }

  async #keepPart(leaf: MimeLeaf, node: MimeNode, order: number): Promise<void> {
    const part = describe(leaf, node)
    const watched = this.#reports.watch(part.path, part.contentType, leaf.content)
    const kind = kindOf(part)
    const mail = kind === 'mail' && this.#mails.mayRead()
    const { held, bytes } = this.#holding.watch(
      mail ? this.#limits.attachedMailBytes : heldBytes[kind],
      watched,
    )
    await this.stored.put(order, part, bytes)
    if (mail) await this.#readMail(part, held)
    else if (kind === 'tnef') this.#learn(node, part, await unpackTnef(held, { ...part, order }, this.stored))
    else if (kind === 'cms')
      this.#learn(node, part, await unpackCms(held, { ...part, order }, this.#into, this.#limits))
    else if (kind === 'calendar' || kind === 'enriched') this.#hear(kind, held, node)
    this.#label(part, node)
  }

  /** What a part says that is no text, for mails that say nothing else. */
  #hear(kind: 'calendar' | 'enriched', held: Held, node: MimeNode): void {
    const text = textOfLeaf(held.beginning(), node.node, [])
    this.#hidden.push({
      plain: kind === 'calendar' ? calendarLine(text) : enrichedText(text),
      html: undefined,
    })
  }

  #learn(node: MimeNode, part: PartToStore, { role, warnings, body, mail }: Unpacked): void {
    if (role) this.stored.describe(part.path, { role })
    this.warnings.push(...warnings)
    if (body && role === 'container') this.#hidden.push(body)
    else if (body) this.#said.set(node, body)
    if (mail) this.#mails.add(part.path, mail.attachedMails)
  }

  #label(part: PartToStore, node: MimeNode): void {
    const found = secureRole(part.contentType, String(node.parent?.contentType))
    if (found) this.stored.describe(part.path, { role: found.role })
    if (found?.warning) this.warnings.push(found.warning)
  }

  async #readMail(part: PartToStore, held: Held): Promise<void> {
    const mail = await this.#mails.read(part.path, held.beginning())
    if (!mail || part.filename !== '' || mail.subject.trim() === '') return
    this.stored.describe(part.path, { filename: `${mail.subject.trim()}.eml` })
  }

  /** Decides which texts are the body, once the tree is whole; the others are stored. */
  async settle({ root, preambles }: BoundedMailParser): Promise<LeafTexts> {
    const held = new Set(this.#texts.all.map(({ node }) => node))
    const body = bodyLeaves(root, (node) => held.has(node))
    for (const text of this.#texts.all) {
      if (body.has(text.node)) this.#said.set(text.node, await this.#bodyOf(text))
      else if (!text.stored) {
        const filename = text.node.node.filename || ''
        await this.stored.put(text.order, { ...text, filename }, [text.bytes])
      }
    }
    for (const [node, plain] of preambles.unread(root)) this.#said.set(node, { plain, html: undefined })
    return { said: this.#said, hidden: this.#hidden }
  }

  async #bodyOf(text: HeldText): Promise<Section> {
    if (text.contentType === 'text/html') {
      const html = textOfLeaf(text.bytes, text.node.node, this.warnings)
      return {
        plain: undefined,
        html: text.stored ? html : await this.#withoutDataFiles(html, text.path, text.order),
      }
    }
    const plain = textOfLeaf(await this.#withoutFiles(text), text.node.node, this.warnings)
    const secure = pgpInText(plain)
    if (secure) this.warnings.push(secure)
    return { plain, html: undefined }
  }

  async #withoutDataFiles(html: string, path: string, order: number): Promise<string> {
    const taken = takeDataFiles(html, path, this.stored.unpackableLeft())
    for (const [index, { contentType, contentId, bytes }] of taken.files.entries()) {
      const place = { path: `${path}.data-${index + 1}`, filename: '', disposition: 'inline' as const }
      await this.stored.putUnpacked(order, { ...place, contentType, contentId }, bytes)
    }
    return taken.html
  }

  async #withoutFiles({ bytes, path, order, stored }: HeldText): Promise<Buffer> {
    // A file that ends where the text was cut would be none.
    if (stored || !mayHoldFiles(bytes)) return bytes
    const { text, files } = takeFiles(bytes.toString('latin1'), this.stored.unpackableLeft())
    for (const [index, file] of files.entries()) {
      const part = {
        path: `${path}.uu-${index + 1}`,
        filename: decodeBytes(file.name),
        contentType: typeOfName(file.name),
      }
      await this.stored.putUnpacked(order, part, file.bytes)
    }
    return files.length === 0 ? bytes : Buffer.from(text, 'latin1')
  }

  /** @param html the body, to which some of them belong. */
  parts(html: string | null): ParsedPart[] {
    if (html !== null) this.stored.show(shownContentIds(html, maxShownIds))
    return this.stored.all()
  }

  reportParts(): ReportPart[] {
    return this.#reports.texts()
  }

  attachedMails(): readonly AttachedMail[] {
    return this.#mails.mails()
  }
}

/** What more a part can be than a file. */
function kindOf({ contentType, filename }: PartToStore): keyof typeof heldBytes {
  if (isMail(contentType, filename)) return 'mail'
  if (contentType === 'text/calendar') return 'calendar'
  if (contentType === 'text/enriched' || contentType === 'text/richtext') return 'enriched'
  if (isTnef(contentType, filename)) return 'tnef'
  return mayBeCms(contentType, filename) ? 'cms' : 'file'
}

/** Text that may belong to the body: plain or HTML, shown inline, not sent as a file. */
function isBodyText(node: MimeNode): boolean {
  if (node.contentType !== 'text/plain' && node.contentType !== 'text/html') return false
  const { disposition, filename } = node.node
  return disposition === 'inline' ? !filename : !disposition
}

function describe(leaf: MimeLeaf, node: MimeNode): PartToStore {
  const { disposition, filename } = node.node
  const contentType = safeContentType(node.contentType || '')
  const contentId = contentIdOf(leaf)
  const inline = disposition === 'inline' || (!disposition && leaf.related === true && contentId !== null)
  return {
    path: pathOf(node),
    filename:
      filename ||
      (node.node.headers ? describedFilename(node.node.headers) : '') ||
      usualNames[contentType] ||
      '',
    contentType,
    disposition: inline ? 'inline' : 'attachment',
    contentId,
  }
}

function contentIdOf(leaf: MimeLeaf): string | null {
  return leaf.cid ? leaf.cid.slice(0, 998) : null
}
