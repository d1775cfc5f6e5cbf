// The parts of one mail, as they are stored: in the order in which they stand in it, and not more than the limit.
import type { ParsedPart } from '@maildesk/core'
import libmime from 'libmime'
import { LimitExceeded, type ParseLimits } from './limits.ts'
import type { PartSink } from './part-sink.ts'
import { safeContentType, safeFilename } from './safe-filename.ts'

/** A part before its bytes were stored. */
export interface PartToStore extends Pick<ParsedPart, 'path' | 'contentType'> {
  /** As sent; made safe when stored; '' has one made up. */
  readonly filename: string
  readonly disposition?: ParsedPart['disposition']
  readonly contentId?: string | null
}

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Stores parts and remembers what is known of them. */
export class StoredParts {
  readonly #sink: PartSink
  readonly #limits: ParseLimits
  readonly #kept: { readonly order: number; part: ParsedPart }[] = []
  #unpacked = 0

  constructor(sink: PartSink, limits: ParseLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /**
   * Stores one part that was sent.
   * @param order its place among the leaves of the mail.
   * @throws LimitExceeded when the mail has more parts than are kept, and what the sink throws.
   */
  async put(order: number, part: PartToStore, bytes: Bytes): Promise<ParsedPart> {
    const stored = await this.#sink.put(bytes)
    const { path, contentType, disposition = 'attachment', contentId = null } = part
    const filename = safeFilename(part.filename, path, contentType)
    const kept = { path, filename, contentType, size: stored.size, blob: stored.key, disposition, contentId }
    this.add(order, kept)
    return kept
  }

  /** How many more files may be taken out of parts and texts. */
  unpackableLeft(): number {
    return Math.min(this.#limits.unpackedParts - this.#unpacked, this.#limits.attachments - this.#kept.length)
  }

  /** Stores a file that was found inside a part or text; ask `unpackableLeft` before. */
  async putUnpacked(order: number, part: PartToStore, bytes: Uint8Array): Promise<ParsedPart> {
    this.#unpacked += 1
    return this.put(order, part, [bytes])
  }

  /** Takes a part in that is stored already. */
  add(order: number, part: ParsedPart): void {
    if (this.#kept.length >= this.#limits.attachments) {
      throw new LimitExceeded(`more than ${this.#limits.attachments} attachments`)
    }
    this.#kept.push({ order, part })
  }

  /** Says more of the part at `path` than was known when it was stored; a `filename` is made safe. */
  describe(path: string, more: Partial<Pick<ParsedPart, 'filename' | 'role'>>): void {
    const kept = this.#kept.find(({ part }) => part.path === path)
    if (!kept) return
    const filename = safeFilename(more.filename ?? kept.part.filename, path, kept.part.contentType)
    kept.part = { ...kept.part, ...more, filename }
  }

  /** Parts with these content ids have a place in the HTML. */
  show(contentIds: ReadonlySet<string>): void {
    for (const kept of this.#kept) {
      const { contentId } = kept.part
      if (contentId !== null && contentIds.has(contentId)) kept.part = { ...kept.part, disposition: 'inline' }
    }
  }

  /** In the order of the mail; what was found inside a part follows it. */
  all(): ParsedPart[] {
    return this.#kept.toSorted((a, b) => a.order - b.order).map(({ part }) => part)
  }
}

/** The media type that a file's name speaks of. */
export function typeOfName(filename: string): string {
  return safeContentType(libmime.detectMimeType(filename))
}
