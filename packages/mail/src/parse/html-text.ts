// Plain text of an HTML body, for mails that bring no other. Bounded in size, depth and breadth.
import { convert } from 'html-to-text'

/** Deeper markup is not given to the converter: its parser is quadratic in the depth. */
const maxNesting = 500
const converterLimits = { maxDepth: maxNesting, maxChildNodes: 20_000, maxBaseElements: 1, ellipsis: '…' }
const emptyElement =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|option|tr|td|th|thead|tbody|tfoot)$/

/** The visible text of `html`; of the first `maxLength` UTF-16 units. Never throws. */
export function textOfHtml(html: string, maxLength: number): string {
  const read = html.slice(0, maxLength)
  if (nestsDeeperThan(read, maxNesting)) return withoutTags(read)
  try {
    return convert(read, {
      wordwrap: false,
      limits: { ...converterLimits, maxInputLength: maxLength },
      selectors: [
        { selector: 'img', format: 'skip' },
        {
          selector: 'a',
          options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ['<', '>'] },
        },
        ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
          selector,
          options: { uppercase: false },
        })),
      ],
    })
  } catch {
    // Markup that the converter chokes on still has words in it.
    return withoutTags(read)
  }
}

/** A rough count, opened less closed; it only has to catch what is far beyond any real mail. */
function nestsDeeperThan(html: string, limit: number): boolean {
  let depth = 0
  for (const [, close, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9:-]{0,40})/gi)) {
    if (emptyElement.test(name.toLowerCase())) continue
    depth = Math.max(0, depth + (close === '/' ? -1 : 1))
    if (depth > limit) return true
  }
  return false
}

function withoutTags(html: string): string {
  return html
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim()
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
