// Mails that are parts of a mail, made readable: their beginning is read again as a mail of its own. The part itself is
// stored whole like any other; nothing that is read here is stored a second time.
import type { AttachedMail, BlobKey, MailWarning, ParsedEmail } from '@maildesk/core'
import type { ParseLimits } from './limits.ts'
import type { PartSink } from './part-sink.ts'

const mailTypes = new Set(['message/rfc822', 'message/global', 'message/news'])

/** Whether a part is a mail, or is called so. */
export function isMail(contentType: string, filename: string): boolean {
  return mailTypes.has(contentType) || /\.eml$/i.test(filename)
}

/** Reads a mail, given its bytes, where parts go, and how deep in other mails it stands. */
export type ReadMail = (raw: Uint8Array, sink: PartSink, depth: number) => Promise<ParsedEmail>

/** Reads at most `attachedMails` mails, `attachedMailBytes` of each. */
export class AttachedMails {
  readonly #read: ReadMail
  readonly #limits: ParseLimits
  readonly #depth: number
  readonly #warnings: MailWarning[]
  readonly #found: AttachedMail[] = []
  #left: number

  constructor(read: ReadMail, limits: ParseLimits, depth: number, warnings: MailWarning[]) {
    this.#read = read
    this.#limits = limits
    this.#depth = depth
    this.#warnings = warnings
    this.#left = limits.attachedMails
  }

  /** Whether one more can be read. */
  mayRead(): boolean {
    return this.#left > 0 && this.#depth < this.#limits.attachedMailDepth
  }

  /** Takes those in that were read in a part already. */
  add(path: string, mails: readonly AttachedMail[]): void {
    for (const mail of mails.slice(0, this.#left)) {
      this.#left -= 1
      this.#found.push({ ...mail, path: `${path}.${mail.path}` })
    }
  }

  /**
   * Reads the beginning of the mail that is the part at `path`.
   * @returns it, when it is one; a file that is only called a mail is none.
   */
  async read(path: string, beginning: Buffer): Promise<AttachedMail | undefined> {
    this.#left -= 1
    const inner = await this.#understood(path, beginning)
    if (!inner || (inner.from.length === 0 && inner.subject === '' && inner.date === null)) return undefined
    const { from, to, cc, date, subject, messageId, text } = inner
    const mail = { path, from, to, cc, date, subject, messageId, text }
    this.#found.push(mail)
    this.add(path, inner.attachedMails)
    return mail
  }

  /** What was read, in the order of the parts, outer before inner. */
  mails(): readonly AttachedMail[] {
    return this.#found
  }

  async #understood(path: string, raw: Uint8Array): Promise<ParsedEmail | undefined> {
    try {
      return await this.#read(raw, nowhere, this.#depth + 1)
    } catch (error) {
      this.#warnings.push({
        code: 'attached-mail-unread',
        detail: `part ${path}: ${(error as Error).message}`.slice(0, 200),
      })
      return undefined
    }
  }
}

/** Reads parts to their end, as a store does, and keeps nothing. */
const nowhere: PartSink = {
  async put(bytes) {
    let size = 0
    for await (const chunk of bytes) size += chunk.length
    return { key: '0'.repeat(64) as BlobKey, size }
  },
}
