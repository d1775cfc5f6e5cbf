// mailparser with our bounds. Three of its inner steps are overridden, which is why its version is pinned exactly and
// this file has tests of its own: what it does with a header section (nearly nothing: fields are read by
// header-fields.ts), which parts count as attachments, and what happens before each node.
import type { Readable } from 'node:stream'
import { MailParser } from 'mailparser'
import { LimitExceeded, type ParseLimits } from './limits.ts'

/** A node of the MIME tree, as mailparser builds it. */
export interface MimeNode {
  readonly contentType: string | false
  readonly children: MimeNode[]
  readonly parent?: MimeNode
  readonly node: SplitterNode
  /** Decoded body of a text leaf that is no attachment; undefined when it was empty. */
  readonly textContent?: string
  charset?: string
  disposition?: string
  isAttachment?: boolean
  /** Set by us: the character set the part declares, when the bytes were passed through undecoded. */
  undecoded?: boolean
}

interface SplitterNode {
  readonly type: 'node' | 'body' | 'data'
  readonly parentNode: SplitterNode | false
  readonly filename?: string | false
  readonly disposition?: string | false
  readonly contentType?: string | false
  readonly _headerlen?: number
}

/** An attachment as the stream yields it; `release` must be called once its content was read. */
export interface MimeAttachment {
  readonly type: 'attachment'
  readonly content: Readable
  readonly cid?: string
  readonly related?: boolean
  readonly release: () => void
}

interface Internals extends Readable {
  curnode: MimeNode | false
  tree: MimeNode | false
  write(chunk: Uint8Array): boolean
  end(): void
  createNode(node: SplitterNode): MimeNode
  processHeaders(lines: readonly { readonly key: string }[]): Map<string, unknown>
  processChunk(data: SplitterNode, done: (error?: Error) => void): void
}

const Base = MailParser as unknown as new (options: object) => Internals & NodeJS.WritableStream

/** Character sets whose bytes are passed through, to be decoded with a second guess when they are not what they say. */
const passedThrough = /^(?:us-?ascii|ascii|utf-?8)?$/i

/** A stream: raw bytes in, attachments out, and `root` is the whole tree once it has ended. */
export class BoundedMailParser extends Base {
  readonly #limits: ParseLimits
  readonly #depths = new WeakMap<SplitterNode, number>()
  #headerBytes = 0
  #attachments = 0

  constructor(limits: ParseLimits) {
    super({
      skipTextToHtml: true,
      skipHtmlToText: true,
      skipImageLinks: true,
      skipTextLinks: true,
      keepCidLinks: true,
      keepDeliveryStatus: true,
      checksumAlgo: false,
      maxHtmlLengthToParse: 0,
      // For mailsplit below it: attached mails stay whole, whatever their disposition.
      ignoreEmbedded: true,
      maxHeadSize: limits.partHeaderBytes,
      maxChildNodes: limits.parts,
    })
    this.#limits = limits
  }

  get root(): MimeNode | undefined {
    return this.tree || undefined
  }

  /** The node that the attachment yielded last belongs to. */
  get current(): MimeNode | undefined {
    return this.curnode || undefined
  }

  override processHeaders(lines: readonly { readonly key: string }[]): Map<string, unknown> {
    return super.processHeaders(lines.filter((line) => line.key === 'content-id'))
  }

  override createNode(node: SplitterNode): MimeNode {
    const made = super.createNode(node)
    if (made.disposition === undefined) return made
    if (!isBodyText(made)) {
      made.isAttachment = true
      made.disposition = 'attachment'
    } else if (passedThrough.test(made.charset ?? '')) {
      made.undecoded = true
      made.charset = 'binary'
    }
    return made
  }

  override processChunk(data: SplitterNode, done: (error?: Error) => void): void {
    try {
      if (data.type === 'node') this.#count(data)
      super.processChunk(data, done)
      if (data.type === 'node' && this.current?.isAttachment) this.#countAttachment()
    } catch (error) {
      done(error as Error)
    }
  }

  #count(node: SplitterNode): void {
    const depth = node.parentNode ? (this.#depths.get(node.parentNode) ?? 0) + 1 : 0
    this.#depths.set(node, depth)
    if (depth > this.#limits.depth)
      throw new LimitExceeded(`multiparts nest deeper than ${this.#limits.depth}`)
    this.#headerBytes += node._headerlen ?? 0
    if (this.#headerBytes > this.#limits.totalHeaderBytes) {
      throw new LimitExceeded(
        `header sections are longer than ${this.#limits.totalHeaderBytes} bytes together`,
      )
    }
  }

  #countAttachment(): void {
    this.#attachments += 1
    if (this.#attachments > this.#limits.attachments) {
      throw new LimitExceeded(`more than ${this.#limits.attachments} attachments`)
    }
  }
}

/** Text that belongs to the body: plain or HTML, shown inline, not sent as a file. */
function isBodyText(node: MimeNode): boolean {
  return !node.isAttachment && !(node.node.disposition && node.node.filename)
}
