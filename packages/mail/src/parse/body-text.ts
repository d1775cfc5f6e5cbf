// Which texts of the MIME tree are the body, and in what order.

import { htmlOfText, textOfHtml } from './html-text.ts'
import type { MimeNode } from './mime-node.ts'

/** One stretch of the body; in multipart/alternative both forms say the same. */
export interface Section {
  readonly plain: string | undefined
  readonly html: string | undefined
}

/** What was found in the leaves of the tree. */
export interface LeafTexts {
  /** Body that the leaf is. */
  readonly said: ReadonlyMap<MimeNode, Section>
  /** What a part that is no text says (winmail.dat, an invitation): the body when there is no other. */
  readonly hidden: readonly Section[]
}

export interface BodyText {
  readonly text: string
  readonly html: string | null
  /** The text was made from the HTML. */
  readonly isRendered: boolean
}

/**
 * The body of a mail as plain text and as HTML. Sections of one mail follow each other in both; a section that exists
 * in one form only is converted for the other, so that neither view hides what the other shows.
 * @param maxHtml UTF-16 units of HTML that are converted to text at most.
 */
export function bodyText(root: MimeNode | undefined, texts: LeafTexts, maxHtml: number): BodyText {
  const sections = withHidden(root ? sectionsOf(root, texts.said) : [], texts.hidden)
  const anyHtml = sections.some((section) => section.html !== undefined)
  return {
    text: sections.map((section) => section.plain ?? textOfHtml(section.html ?? '', maxHtml)).join('\n'),
    html: anyHtml
      ? sections.map((section) => section.html ?? htmlOfText(section.plain ?? '')).join('<br>\n')
      : null,
    isRendered: sections.length > 0 && sections.every((section) => section.plain === undefined),
  }
}

/**
 * The text leaves that are body. All are, but for those of multipart/related that are not its root (RFC 2387 §3.2: the
 * part `start` names, else the first; for us the first that has text): they are files that the root shows.
 */
export function bodyLeaves(root: MimeNode | undefined, isText: (node: MimeNode) => boolean): Set<MimeNode> {
  const leaves = new Set<MimeNode>()
  const collect = (node: MimeNode): boolean => {
    if (isText(node)) leaves.add(node)
    else if (node.contentType !== 'multipart/related') node.children.forEach(collect)
    else inReadingOrder(node).some((child) => hasText(child, isText) && collect(child))
    return hasText(node, isText)
  }
  if (root) collect(root)
  return leaves
}

function inReadingOrder(related: MimeNode): readonly MimeNode[] {
  const start = related.node._parsedContentType
    ? withoutBrackets(related.node._parsedContentType.params.start ?? '')
    : ''
  const first = start === '' ? undefined : related.children.find((child) => contentIdOf(child) === start)
  return first ? [first, ...related.children] : related.children
}

function contentIdOf(node: MimeNode): string {
  return node.node.headers ? withoutBrackets(node.node.headers.getFirst('Content-ID')) : ''
}

function withoutBrackets(id: string): string {
  return id.trim().replace(/^<|>$/g, '').trim()
}

function hasText(node: MimeNode, isText: (node: MimeNode) => boolean): boolean {
  return isText(node) || node.children.some((child) => hasText(child, isText))
}

function sectionsOf(node: MimeNode, said: LeafTexts['said']): Section[] {
  const section = said.get(node)
  if (section) return isBlank(section) ? [] : [section]
  const sections = node.children.flatMap((child) => sectionsOf(child, said))
  return node.contentType === 'multipart/alternative' ? merged(sections) : sections
}

function isBlank({ plain, html }: Section): boolean {
  return (plain ?? '').trim() === '' && (html ?? '').trim() === ''
}

/** A hidden HTML is the richer form of the only text that was sent; hidden text counts when none was sent. */
function withHidden(sections: Section[], hidden: readonly Section[]): readonly Section[] {
  if (sections.length === 0) return hidden.filter((section) => !isBlank(section)).slice(0, 1)
  const html = hidden.find((section) => section.html !== undefined)?.html
  const [only] = sections
  if (html === undefined || sections.length > 1 || !only || only.html !== undefined) return sections
  return [{ plain: only.plain, html }]
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
