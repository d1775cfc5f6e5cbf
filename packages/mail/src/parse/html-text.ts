// Plain text of an HTML body, for mails that bring no other, and where its stretches went. Linear in its size.
import { renderText, type TextRange, textOffsetAt } from '@maildesk/core'
import { htmlDocument } from './html-document.ts'

/** The visible text of `html`; of the first `maxLength` UTF-16 units. Never throws. */
export function textOfHtml(html: string, maxLength: number): string {
  return renderText(htmlDocument(html.slice(0, maxLength))).text
}

/** The same text, and where in it the stretches of the source stand; empty ones are left out. */
export function markedTextOfHtml(
  html: string,
  stretches: readonly TextRange[],
  maxLength: number,
): { readonly text: string; readonly ranges: readonly TextRange[] } {
  const rendered = renderText(htmlDocument(html.slice(0, maxLength)))
  const { text } = rendered
  const ranges = stretches
    .map(({ kind, start, end }) => ({
      kind,
      start: afterFeeds(text, textOffsetAt(rendered, start, text.length)),
      end: end >= html.length ? text.length : afterFeeds(text, textOffsetAt(rendered, end, text.length)),
    }))
    .filter(({ start, end }) => end > start)
  return { text, ranges }
}

/** A block that begins or ends there begins or ends a line. */
function afterFeeds(text: string, offset: number): number {
  let at = offset
  while (text[at] === '\n') at += 1
  return at
}

/** Plain text as HTML that says the same, for the HTML view of a mail that mixes both. */
export function htmlOfText(text: string): string {
  const escaped = text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
  return `<p>${escaped.replace(/\n/g, '<br>\n')}</p>`
}
