// Multiparts whose boundary never comes: MIME calls their text a preamble, which nobody is shown; the sender wrote it to
// be read.
import type { MimeNode } from './bounded-mail-parser.ts'

/** Bytes of the mail that are looked at. */
const maxBytes = 256 * 1024

/**
 * The body as it came, when the mail is a multipart in which no part was found; '' otherwise. `beginning` starts with
 * the header section.
 */
export function unreadBody(root: MimeNode | undefined, beginning: Uint8Array): string {
  if (!root || !String(root.contentType).startsWith('multipart/') || hasLeaf(root)) return ''
  const text = Buffer.from(
    beginning.buffer,
    beginning.byteOffset,
    Math.min(beginning.length, maxBytes),
  ).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  return end ? text.slice(end.index + end[0].length) : ''
}

function hasLeaf(node: MimeNode): boolean {
  return node.children.some((child) => hasLeaf(child) || !String(child.contentType).startsWith('multipart/'))
}
