// The HTML of messages as readers may see it. It is made at each reading from what the sender wrote, so that a hole that
// is found in the making is closed for mails of all times; what was made lately is kept in memory.
import { type BlobKey, type BlobStore, errorText, imageTypeOf, type MessageId } from '@maildesk/core'
import type { AttachmentRow, MessageView } from '@maildesk/db'
import type { ApiDeps } from './api-deps.ts'

export interface ShownHtml {
  readonly html: string
  readonly isCut: boolean
  /** Pictures from elsewhere that were not let in. */
  readonly blockedRemote: number
}

/** Pictures of one message that are looked at; more are not shown in place. */
const maxPictures = 100
/** UTF-16 units of HTML kept in memory, all messages together. */
const maxKeptLength = 16 * 1024 * 1024
/** Messages kept in memory. */
const maxKeptMessages = 5_000

/** Makes the function that gives the HTML of messages by their id; without an entry, the text has to do. */
export function createHtmlView({ blobs, htmlRenderer, log }: ApiDeps) {
  const kept = new Recent()

  const show = async (message: MessageView): Promise<ShownHtml | undefined> => {
    if (message.html === null) return undefined
    const before = kept.get(message.id)
    if (before !== undefined) return before === 'none' ? undefined : before
    const pictures = await findPictures(message)
    const rendered = await htmlRenderer.render({ html: message.html, cidUrls: pictures.urls })
    if (typeof rendered === 'string')
      log.warn({ messageId: message.id, length: message.html.length, why: rendered }, 'html not rendered')
    if (rendered === 'busy') return undefined
    const shown = rendered === 'too-costly' ? undefined : withoutLinks(rendered)
    if (pictures.isComplete) kept.add(message.id, shown ?? 'none')
    return shown
  }

  /** Where the pictures of a message are that its HTML may refer to (RFC 2392), as far as their bytes are pictures. */
  const findPictures = async ({ id, html, attachments }: MessageView) => {
    const urls = new Map<string, string>()
    let isComplete = true
    if (!html || !/cid:/i.test(html)) return { urls, isComplete }
    for (const file of attachments.filter(mayBePicture).slice(0, maxPictures)) {
      try {
        if (urls.has(file.content_id as string) || !(await isPicture(blobs, file.file))) continue
        urls.set(file.content_id as string, `/api/v1/attachments/${file.id}/content?inline=true`)
      } catch (error) {
        // The message is readable without; the next reading tries again.
        isComplete = false
        log.warn({ messageId: id, attachmentId: file.id, error: errorText(error) }, 'picture not readable')
      }
    }
    return { urls, isComplete }
  }

  return async (messages: readonly MessageView[]): Promise<ReadonlyMap<MessageId, ShownHtml>> => {
    const shown = new Map<MessageId, ShownHtml>()
    for (const message of messages) {
      const html = await show(message)
      if (html) shown.set(message.id, html)
    }
    return shown
  }
}

function withoutLinks({ html, isCut, blockedRemote }: ShownHtml): ShownHtml {
  return { html, isCut, blockedRemote }
}

function mayBePicture(file: AttachmentRow): boolean {
  return file.content_id !== null && file.restricted_reason === null
}

async function isPicture(blobs: BlobStore, key: BlobKey): Promise<boolean> {
  for await (const piece of await blobs.open(key)) return imageTypeOf(piece) !== undefined
  return false
}

/** What was made lately, within bounds; the longest unused goes first. */
class Recent {
  readonly #shown = new Map<MessageId, ShownHtml | 'none'>()
  #length = 0

  get(id: MessageId): ShownHtml | 'none' | undefined {
    const found = this.#shown.get(id)
    if (found === undefined) return undefined
    this.#shown.delete(id)
    this.#shown.set(id, found)
    return found
  }

  add(id: MessageId, shown: ShownHtml | 'none'): void {
    this.#remove(id)
    this.#shown.set(id, shown)
    this.#length += lengthOf(shown)
    for (const oldest of this.#shown.keys()) {
      if (this.#length <= maxKeptLength && this.#shown.size <= maxKeptMessages) break
      this.#remove(oldest)
    }
  }

  #remove(id: MessageId): void {
    this.#length -= lengthOf(this.#shown.get(id))
    this.#shown.delete(id)
  }
}

function lengthOf(shown: ShownHtml | 'none' | undefined): number {
  return typeof shown === 'object' ? shown.html.length : 0
}
