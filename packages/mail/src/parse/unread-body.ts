// Multiparts whose boundary never comes: MIME calls their text a preamble, which nobody is shown; the sender wrote it to
// be read.

import { decodeBytes } from './header-fields.ts'
import type { MimeNode, SplitterNode } from './mime-node.ts'

/** Bytes of preambles that are kept of a mail. */
const maxBytes = 256 * 1024

/** What stands before the first delimiter of each multipart. */
export class Preambles {
  readonly #kept = new Map<SplitterNode, Uint8Array[]>()
  #left = maxBytes

  add(node: SplitterNode, bytes: Uint8Array): void {
    if (this.#left <= 0) return
    const kept = this.#kept.get(node) ?? []
    kept.push(Buffer.from(bytes.subarray(0, this.#left)))
    this.#kept.set(node, kept)
    this.#left -= bytes.length
  }

  /** The texts of the multiparts in which no part was found. */
  unread(root: MimeNode | undefined): Map<MimeNode, string> {
    const texts = new Map<MimeNode, string>()
    const visit = (node: MimeNode) => {
      const kept = this.#kept.get(node.node)
      if (kept && node.children.length === 0) {
        const body = withoutDelimiters(Buffer.concat(kept).toString('latin1'), node.node)
        texts.set(node, decodeBytes(decoded(body, node.node.encoding)).replaceAll('\r\n', '\n'))
      }
      node.children.forEach(visit)
    }
    if (root) visit(root)
    return texts
  }
}

/** mailsplit counts the delimiter lines around a part to what stands before and in it. */
function withoutDelimiters(text: string, node: SplitterNode): string {
  const delimiters = new Set<string>()
  for (let around = node.parentNode; around; around = around.parentNode) {
    if (around._boundary) {
      delimiters.add(`--${around._boundary.toString('latin1')}`)
      delimiters.add(`--${around._boundary.toString('latin1')}--`)
    }
  }
  if (delimiters.size === 0) return text
  const lines = text.split('\n')
  const kept = lines.filter((line) => !delimiters.has(line.trimEnd()))
  return kept.length === lines.length ? text : kept.join('\n').trim()
}

/** MIME knows no encoded multipart; the sender who wrote no part of it meant the text. */
function decoded(body: string, encoding: string | false): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('latin1')
  if (encoding !== 'quoted-printable') return body
  return body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
