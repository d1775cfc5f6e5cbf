// Which texts of the MIME tree are the body, and in what order.

import type { MimeNode } from './bounded-mail-parser.ts'
import { decodeBytes } from './header-fields.ts'
import { htmlOfText, textOfHtml } from './html-text.ts'

/** One stretch of the body; in multipart/alternative both forms say the same. */
interface Section {
  plain: string | undefined
  html: string | undefined
}

export interface BodyText {
  readonly text: string
  readonly html: string | null
}

/**
 * The body of a mail as plain text and as HTML. Sections of one mail follow each other in both; a section that exists
 * in one form only is converted for the other, so that neither view hides what the other shows.
 * @param maxHtml UTF-16 units of HTML that are converted to text at most.
 */
export function bodyText(root: MimeNode | undefined, maxHtml: number): BodyText {
  const sections = root ? sectionsOf(root) : []
  const anyHtml = sections.some((section) => section.html !== undefined)
  return {
    text: sections.map((section) => section.plain ?? textOfHtml(section.html ?? '', maxHtml)).join('\n'),
    html: anyHtml
      ? sections.map((section) => section.html ?? htmlOfText(section.plain ?? '')).join('<br>\n')
      : null,
  }
}

function sectionsOf(node: MimeNode): Section[] {
  if (node.contentType === 'multipart/alternative') return merged(node.children.flatMap(sectionsOf))
  if (node.children.length > 0) return node.children.flatMap(sectionsOf)
  if (node.isAttachment || node.textContent === undefined) return []
  const content = node.undecoded ? decodeBytes(node.textContent) : node.textContent
  if (content.trim() === '') return []
  return [
    node.contentType === 'text/html'
      ? { plain: undefined, html: content }
      : { plain: content, html: undefined },
  ]
}

/** Alternatives as one section: all plain texts, all HTML texts; usually one of each. */
function merged(sections: Section[]): Section[] {
  if (sections.length < 2) return sections
  return [
    {
      plain: joined(
        sections.map((s) => s.plain),
        '\n',
      ),
      html: joined(
        sections.map((s) => s.html),
        '<br>\n',
      ),
    },
  ]
}

function joined(texts: readonly (string | undefined)[], glue: string): string | undefined {
  const present = texts.filter((text) => text !== undefined)
  return present.length === 0 ? undefined : present.join(glue)
}
