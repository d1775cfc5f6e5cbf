// The place of a part in its mail, as the database keeps it: never the same for two, and never too long for it.
import { createHash } from 'node:crypto'
import type { MimeNode } from './mime-node.ts'

/** Characters; what was found inside a part adds to them, and the column holds 100. */
const maxLength = 60

/**
 * IMAP's way of numbering (RFC 9051 §6.4.5): the place among its siblings, below the place of its parent. Below a mail
 * that has parts without being a multipart, as below one that is a part itself, is '1.1'. A place that would take more
 * than 60 characters is named after the hash of its numbers.
 */
export function pathOf(node: MimeNode): string {
  const numbers: number[] = []
  let root = node
  for (; root.parent; root = root.parent) numbers.unshift(root.parent.children.indexOf(root) + 1)
  if (numbers.length === 0 || !String(root.contentType).startsWith('multipart/')) numbers.unshift(1)
  const path = numbers.join('.')
  if (path.length <= maxLength) return path
  return `deep-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`
}
