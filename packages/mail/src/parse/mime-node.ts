// The tree of parts as mailparser, and mailsplit below it, build it.
import type { Transform } from 'node:stream'
import type { RepairableNode } from './repair-node.ts'

/** A node of the MIME tree, as mailparser builds it. */
export interface MimeNode {
  readonly contentType: string | false
  readonly children: MimeNode[]
  readonly parent?: MimeNode
  readonly node: SplitterNode
  disposition?: string
  isAttachment?: boolean
}

export interface SplitterNode extends RepairableNode {
  readonly type: 'node'
  readonly parentNode: SplitterNode | false
  readonly filename: string | false
  readonly disposition: string | false
  readonly flowed: boolean
  readonly delSp: boolean
  readonly _headerlen?: number
  getDecoder(): Transform
}
