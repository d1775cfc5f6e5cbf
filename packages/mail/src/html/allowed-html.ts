// Which tags and attributes of a mail are shown. What is not in these tables is not shown; of a tag that is not, its
// words are. Ids, names and classes are not in them: they could stand in for what the page around looks for.
import { safeStyle } from './safe-style.ts'

const blockTags = [
  'address',
  'article',
  'aside',
  'blockquote',
  'center',
  'dd',
  'div',
  'dl',
  'dt',
  'figcaption',
  'figure',
  'footer',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hr',
  'li',
  'main',
  'nav',
  'ol',
  'p',
  'pre',
  'section',
  'ul',
]
const inlineTags = [
  'a',
  'abbr',
  'b',
  'bdi',
  'bdo',
  'big',
  'br',
  'cite',
  'code',
  'del',
  'dfn',
  'em',
  'font',
  'i',
  'img',
  'ins',
  'kbd',
  'mark',
  'q',
  's',
  'samp',
  'small',
  'span',
  'strike',
  'strong',
  'sub',
  'sup',
  'tt',
  'u',
  'var',
  'wbr',
]
const tableTags = ['caption', 'col', 'colgroup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr']

export const allowedTags: readonly string[] = [...blockTags, ...inlineTags, ...tableTags]

/** Tags whose content is not words for a reader, or is read differently by browsers: dropped with all that is in them. */
export const tagsDroppedWhole: readonly string[] = [
  'applet',
  'iframe',
  'math',
  'noembed',
  'noframes',
  'noscript',
  'option',
  'plaintext',
  'script',
  'style',
  'svg',
  'template',
  'textarea',
  'title',
  'xmp',
]

/** What a value becomes; undefined drops the attribute. */
type Tame = (value: string) => string | undefined

/** Longest alternative text kept, UTF-16 units. */
const maxAlt = 1000
/** Largest width and height that an attribute may ask for, pixels. */
const maxPixels = 2000

const matching =
  (pattern: RegExp): Tame =>
  (value) =>
    pattern.test(value) ? value.toLowerCase() : undefined
const upTo =
  (max: number): Tame =>
  (value) =>
    /^\d{1,4}$/.test(value) && Number(value) <= max ? value : undefined
const size: Tame = (value) => (/^\d{1,2}%$|^100%$/.test(value) ? value : upTo(maxPixels)(value))
const colour = matching(/^(?:#[0-9a-f]{3,8}|[a-z]{3,20})$/i)
const across = matching(/^(?:left|right|center|justify)$/i)

const everywhere: Readonly<Record<string, Tame>> = {
  align: across,
  dir: matching(/^(?:ltr|rtl|auto)$/i),
  lang: matching(/^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i),
  style: (value) => safeStyle(value) || undefined,
  valign: matching(/^(?:top|middle|bottom|baseline)$/i),
}
const cell = { bgcolor: colour, colspan: upTo(1000), height: size, rowspan: upTo(1000), width: size }
const byTag: Readonly<Record<string, Readonly<Record<string, Tame>>>> = {
  col: { span: upTo(1000), width: size },
  colgroup: { span: upTo(1000), width: size },
  font: { color: colour, size: matching(/^[+-]?[1-7]$/) },
  img: { alt: (value) => value.slice(0, maxAlt).toWellFormed(), height: size, width: size },
  ol: { start: matching(/^-?\d{1,6}$/), type: (value) => (/^[1aAiI]$/.test(value) ? value : undefined) },
  table: {
    bgcolor: colour,
    border: upTo(20),
    cellpadding: upTo(100),
    cellspacing: upTo(100),
    width: size,
  },
  td: cell,
  th: cell,
  tr: { bgcolor: colour },
}

/** Attributes that are written by us alone. */
const written: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'rel', 'target', 'title', 'data-shown-host'],
  img: ['src', 'data-blocked'],
}

/** Every attribute that may be in what we give out, by tag; `*` for any tag. */
export const allowedAttributes: Readonly<Record<string, readonly string[]>> = {
  ...written,
  ...Object.fromEntries(
    Object.entries(byTag).map(([tag, attributes]) => [
      tag,
      [...(written[tag] ?? []), ...Object.keys(attributes)],
    ]),
  ),
  '*': Object.keys(everywhere),
}

const tamersEverywhere: ReadonlyMap<string, Tame> = new Map(Object.entries(everywhere))
const tamersByTag: ReadonlyMap<string, ReadonlyMap<string, Tame>> = new Map(
  Object.entries(byTag).map(([tag, own]) => [tag, new Map([...Object.entries(own), ...tamersEverywhere])]),
)

/** The attributes of a tag that are harmless in themselves, in a settled form; those that lead elsewhere are not among them. */
export function tameAttributes(
  tag: string,
  attributes: Readonly<Record<string, string>>,
): Record<string, string> {
  const tamers = tamersByTag.get(tag) ?? tamersEverywhere
  const tamed: Record<string, string> = {}
  for (const [name, value] of Object.entries(attributes)) {
    const kept = tamers.get(name)?.(value.trim())
    if (kept !== undefined) tamed[name] = kept
  }
  return tamed
}
