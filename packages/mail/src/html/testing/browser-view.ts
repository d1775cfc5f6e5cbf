// What a browser makes of our HTML, by a second parser (parse5, the HTML standard's own algorithm), and whether anything
// in it is not on the list. The lists are written down again here: a slip in the product's tables must not pass.
import { type DefaultTreeAdapterTypes, html as names, parseFragment } from 'parse5'

const tags = new Set(
  `a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt
  em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section
  small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr`.split(/\s+/),
)
const plainAttributes = new Set(
  `align alt bgcolor border cellpadding cellspacing color colspan dir height lang rowspan size span start type valign
  width data-blocked data-shown-host title`.split(/\s+/),
)
const fixedValues: Readonly<Record<string, string>> = {
  rel: 'noopener noreferrer nofollow ugc',
  target: '_blank',
}
const unsafeStyle =
  /[\\@<>"'/*]|url|expression|image|attr|var|calc|position|fixed|absolute|opacity|z-index|transform|filter|behavio|binding|content|display|visibility|float|:-|-\d/i

/** Everything in `html` that a browser must not get to see; empty when it is harmless. */
export function harmIn(html: string): string[] {
  const harm: string[] = []
  walk(parseFragment(html), harm)
  return harm
}

function walk(node: DefaultTreeAdapterTypes.ParentNode, harm: string[]): void {
  for (const child of node.childNodes) {
    if (child.nodeName === '#text') continue
    if (!('tagName' in child)) {
      harm.push(child.nodeName)
      continue
    }
    if (child.namespaceURI !== names.NS.HTML || !tags.has(child.tagName)) harm.push(`<${child.tagName}>`)
    for (const { name, value } of child.attrs)
      if (!isHarmless(child.tagName, name, value)) harm.push(`<${child.tagName} ${name}="${value}">`)
    walk(child, harm)
  }
}

function isHarmless(tag: string, name: string, value: string): boolean {
  if (name === 'href') return tag === 'a' && /^(?:https?:\/\/[^/?#]|mailto:|tel:)/.test(value)
  if (name === 'src') return tag === 'img' && /^cid:[^\s"'<>]+$/.test(value)
  if (name === 'style') return !unsafeStyle.test(value)
  return fixedValues[name] === value || plainAttributes.has(name)
}

/** The words a browser shows. */
export function wordsIn(html: string): string {
  const words = (node: DefaultTreeAdapterTypes.ParentNode): string =>
    node.childNodes
      .map((child) => ('value' in child ? child.value : 'childNodes' in child ? words(child) : ''))
      .join('')
  return words(parseFragment(html)).replace(/\s+/g, ' ').trim()
}
