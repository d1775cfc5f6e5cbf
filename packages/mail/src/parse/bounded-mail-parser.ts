// mailparser with our bounds. It drives: it splits the mail into its MIME tree and undoes transfer encodings. What it
// would do with header sections and with texts is done here instead (header-fields.ts, part-keeper.ts), so every leaf
// comes out of it as a stream. For that three of its inner steps and one of mailsplit's below it are overridden, which is
// why their versions are pinned exactly and this file has tests of its own: what happens before each node, how a node is
// made, what is read of its header section, and the MIME fields of a node right after they were read.
import type { Readable } from 'node:stream'
import { MailParser } from 'mailparser'
import { LimitExceeded, type ParseLimits } from './limits.ts'
import type { MimeNode, SplitterNode } from './mime-node.ts'
import { repairNode } from './repair-node.ts'
import { transferDecoder } from './transfer-decoder.ts'
import { Preambles } from './unread-body.ts'

/** A leaf as the stream yields it; `release` must be called once its content was read. */
export interface MimeLeaf {
  readonly type: 'attachment'
  readonly content: Readable
  readonly cid?: string
  readonly related?: boolean
  readonly release: () => void
}

interface Splitter {
  node: SplitterNode
  destroy(error: Error): void
  newNode(parent?: SplitterNode | false): void
  processLine(line: Uint8Array | false, final: boolean, next: unknown): void
}

interface Internals extends Readable {
  readonly splitter: Splitter
  curnode: MimeNode | false
  tree: MimeNode | false
  write(chunk: Uint8Array): boolean
  end(): void
  createNode(node: SplitterNode): MimeNode
  processHeaders(lines: readonly { readonly key: string }[]): Map<string, unknown>
  processChunk(data: SplitterChunk, done: (error?: Error) => void): void
}

/** What mailsplit says next: a node, or bytes of one. `data` is what stands around the parts of a multipart. */
type SplitterChunk =
  | SplitterNode
  | { readonly type: 'body' | 'data'; readonly node: SplitterNode; readonly value: Uint8Array }

const Base = MailParser as unknown as new (options: object) => Internals & NodeJS.WritableStream

/** A stream: raw bytes in, leaves out, and `root` is the whole tree once it has ended. */
export class BoundedMailParser extends Base {
  readonly #limits: ParseLimits
  readonly #depths = new WeakMap<SplitterNode, number>()
  readonly preambles = new Preambles()
  #headerBytes = 0

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
    repairNodesOf(this.splitter)
  }

  get root(): MimeNode | undefined {
    return this.tree || undefined
  }

  /** The node that the leaf yielded last belongs to. */
  get current(): MimeNode | undefined {
    return this.curnode || undefined
  }

  override processHeaders(lines: readonly { readonly key: string }[]): Map<string, unknown> {
    return super.processHeaders(lines.filter((line) => line.key === 'content-id'))
  }

  override createNode(node: SplitterNode): MimeNode {
    const made = super.createNode(node)
    if (made.disposition === undefined) return made
    made.isAttachment = true
    made.disposition = 'attachment'
    return made
  }

  override processChunk(data: SplitterChunk, done: (error?: Error) => void): void {
    try {
      if (data.type === 'node') this.#count(data)
      else if (data.type === 'data' && data.node.multipart) this.preambles.add(data.node, data.value)
      super.processChunk(data, done)
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
}

/** Lets `repairNode` see each node between the reading of its header section and what mailsplit makes of it. */
function repairNodesOf(splitter: Splitter): void {
  const repairing = (node: SplitterNode) => {
    const parseHeaders = node.parseHeaders.bind(node)
    node.parseHeaders = () => {
      if (node.headers) return
      parseHeaders()
      try {
        repairNode(node, node.parentNode)
      } catch (error) {
        // Thrown from here it would be nobody's: mailsplit works in callbacks of its own.
        splitter.destroy(error as Error)
      }
    }
    const known = node.getDecoder.bind(node)
    node.getDecoder = () => transferDecoder(node.encoding, known)
  }
  const newNode = splitter.newNode.bind(splitter)
  splitter.newNode = (parent) => {
    newNode(parent)
    repairing(splitter.node)
  }
  repairing(splitter.node)

  const processLine = splitter.processLine.bind(splitter)
  splitter.processLine = (line, final, next) => {
    const { node } = splitter
    if (line && node.headers && node.multipart && !node._boundary) node._boundary = boundaryIn(line)
    processLine(line, final, next)
  }
}

/** A multipart that names no boundary: its first delimiter line tells. */
function boundaryIn(line: Uint8Array): Buffer | false {
  if (line[0] !== 0x2d || line[1] !== 0x2d || line.length > 200) return false
  const said = Buffer.from(line).toString('latin1', 2).trimEnd()
  return said === '' || /^-*$|\s|[^ -~]/.test(said) ? false : Buffer.from(said, 'latin1')
}
