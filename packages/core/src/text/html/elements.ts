// What elements mean for the visible text.
import type { HtmlOpenTag } from './html-document.ts'

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

/** Never have an end tag (HTML living standard, 13.1.2). */
export const voidElements = names(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr',
)
/** Begin and end a line. */
export const blockElements = names(
  'address article aside body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset ' +
    'header hgroup html legend li main nav optgroup option section summary table caption tbody thead tfoot tr',
)
/** Stand apart, with an empty line above and below. */
export const spacedElements = names('blockquote h1 h2 h3 h4 h5 h6 ol p pre ul listing xmp')
/** Hold no text that is shown. */
export const unshownElements = names(
  'script style title template noembed noframes iframe object applet audio video canvas datalist',
)
/** Keep their white space. */
const preformattedElements = names('pre listing xmp textarea plaintext')

/** Elements that end the elements named when they begin, unless one of `within` stands between. */
export const impliedEnds: Readonly<
  Record<string, { readonly ends: ReadonlySet<string>; readonly within: ReadonlySet<string> }>
> = {
  li: { ends: names('li'), within: names('ul ol menu dir table') },
  dd: { ends: names('dd dt'), within: names('dl table') },
  dt: { ends: names('dd dt'), within: names('dl table') },
  td: { ends: names('td th'), within: names('tr table') },
  th: { ends: names('td th'), within: names('tr table') },
  tr: { ends: names('tr'), within: names('table') },
  option: { ends: names('option'), within: names('select') },
  p: { ends: names('p'), within: names('div td th li blockquote table center form') },
}

/** UTF-16 units of a style attribute that are read. */
const maxStyle = 2000

/** True for what a mail program does not draw. */
export function isHidden({ attributes }: HtmlOpenTag): boolean {
  if (attributes.hidden !== undefined) return true
  const style = foldedStyle(attributes.style)
  return style !== '' && hiding.some((declaration) => style.includes(declaration))
}

const hiding = [';display:none', ';visibility:hidden', ';mso-hide:all', ';font-size:0;', ';font-size:0px;']

/** True when white space counts. */
export function keepsSpaces({ name, attributes }: HtmlOpenTag): boolean {
  return preformattedElements.has(name) || foldedStyle(attributes.style).includes(';white-space:pre')
}

/** Outlook writes every line as a paragraph without distance to the next. */
export function isTightParagraph({ name, attributes }: HtmlOpenTag): boolean {
  if (name !== 'p') return false
  if (/^(?:x_)*mso(?:normal|plaintext|nospacing|listparagraph)/i.test(attributes.class?.slice(0, 60) ?? ''))
    return true
  const style = foldedStyle(attributes.style)
  return /;margin:0(?:px|pt|cm|in|;)/.test(style) || /;margin-bottom:0(?:px|pt|cm|in|;|\.0001pt)/.test(style)
}

function foldedStyle(style: string | undefined): string {
  return style ? `;${style.slice(0, maxStyle).toLowerCase().replace(/\s/g, '')};` : ''
}
