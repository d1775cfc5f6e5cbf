// HTML we are willing to show: an allow-list over a real parser, as the last step before a reader sees it.
// No remote content, no scripts, no forms; links lead away without telling where they came from. The raw HTML stays.
//
// What is given out reads the same when it is sanitised again. One pass does not achieve that: taking a tag out can put
// two together that do not go together. So passes are made until nothing changes, and the last of them is the last step.
import sanitizeHtml from 'sanitize-html'
import { htmlOfText } from '../parse/html-text.ts'
import { allowedAttributes, allowedTags, tagsDroppedWhole, tameAttributes } from './allowed-html.ts'
import { maxLinkText, misleadingHost, type SafeLink, safeLink } from './safe-link.ts'
import { fetchesSomething } from './safe-style.ts'

/** Deeper markup is shown as its words: the parser is quadratic in the depth. */
const maxDepth = 400
/** Tags deeper than this are left out, their words stay. */
const maxShownDepth = 100
/** What has not settled after this many passes is shown as its words. Two settle nearly all mail, four all we made up. */
const maxPasses = 8

export interface HtmlOptions {
  /** The address of a picture that came with the mail, by its Content-ID without brackets. Unset keeps `cid:` as it is. */
  readonly cidUrl?: (contentId: string) => string | undefined
  /** A picture from elsewhere leaves its alternative text; `placeholder` also marks it with `data-blocked`. `block` unless set. */
  readonly remoteImages?: 'block' | 'placeholder'
  /** UTF-16 units that are read; what is longer is cut. All unless set. */
  readonly maxLength?: number
}

interface HtmlLink extends SafeLink {
  /** The host that the link's words name, where it leads to another. */
  readonly shownHost?: string
}

export interface RenderedHtml {
  readonly html: string
  /** Pictures from elsewhere that were not let in. */
  readonly blockedRemote: number
  /** In the order of the text. */
  readonly links: readonly HtmlLink[]
  /** The mail is longer than `maxLength`. */
  readonly isCut: boolean
}

/** Sanitises HTML of a mail, in time linear in its length. Never throws for its input. */
export function safeHtml(html: string, options: HtmlOptions = {}): string {
  return renderHtml(html, options).html
}

/**
 * Sanitises HTML of a mail and tells what was noticed on the way. Links to the web carry their host as `title`, and as
 * `data-shown-host` the other host that their words claim. Never throws for its input.
 */
export function renderHtml(html: string, options: HtmlOptions = {}): RenderedHtml {
  const { maxLength = Number.POSITIVE_INFINITY } = options
  const isCut = html.length > maxLength
  const source = isCut ? html.slice(0, maxLength) : html
  try {
    return { ...settle(source, options), isCut }
  } catch (error) {
    if (!(error instanceof CannotSettle)) throw error
    return { ...settle(htmlOfText(withoutTags(source)), options), isCut }
  }
}

/** The markup is deeper than we follow, or changes with every pass. */
class CannotSettle extends Error {
  override readonly name = 'CannotSettle'
}

interface Pass {
  readonly html: string
  readonly blockedRemote: number
  /** The links as they were read, with the host their words name. */
  readonly links: readonly HtmlLink[]
}

function settle(source: string, options: HtmlOptions): Omit<RenderedHtml, 'isCut'> {
  const { cidUrl, ...keepingCids } = options
  const first = sanitizeOnce(source, [], keepingCids)
  let latest = first
  for (let passes = 1; ; passes += 1) {
    if (passes === maxPasses) throw new CannotSettle('the markup changes with every pass')
    const next = sanitizeOnce(latest.html, latest.links, keepingCids)
    const isSettled = next.html === latest.html && marksOf(next.links) === marksOf(latest.links)
    latest = next
    if (isSettled) break
  }
  const last = cidUrl ? sanitizeOnce(latest.html, latest.links, options) : latest
  return { html: last.html, blockedRemote: first.blockedRemote, links: latest.links }
}

/** What a next pass would take from these links. */
function marksOf(links: readonly HtmlLink[]): string {
  return links.map(({ shownHost = '' }) => shownHost).join(' ')
}

const fixedOptions = {
  allowedTags: [...allowedTags],
  disallowedTagsMode: 'discard',
  nonTextTags: [...tagsDroppedWhole],
  allowedAttributes: Object.fromEntries(
    Object.entries(allowedAttributes).map(([tag, names]) => [tag, [...names]]),
  ),
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  // A picture is shown only from the mail itself: anything remote would tell the sender that it was read.
  allowedSchemesByTag: { img: ['cid'] },
  allowProtocolRelative: false,
  // Styles are read by our own, far smaller list; see safe-style.ts.
  parseStyleAttributes: false,
  nestingLimit: maxShownDepth,
} as const satisfies sanitizeHtml.IOptions

/** One pass. `known` are the links of the pass before, whose words were read by then. */
function sanitizeOnce(source: string, known: readonly HtmlLink[], options: HtmlOptions): Pass {
  const links: (SafeLink & { text: string })[] = []
  let open: (typeof links)[number] | undefined
  let blockedRemote = 0
  let depth = 0

  const linkAttributes = (href: string | undefined): Record<string, string> => {
    const link = href === undefined ? undefined : safeLink(href)
    if (!link) return {}
    const before = known[links.length]
    open = { ...link, text: '' }
    links.push(open)
    const shown = before?.href === link.href ? before.shownHost : undefined
    return {
      href: link.href,
      rel: 'noopener noreferrer nofollow ugc',
      target: '_blank',
      ...(link.host !== undefined && !link.href.startsWith('mailto:') ? { title: link.host } : {}),
      ...(shown === undefined ? {} : { 'data-shown-host': shown }),
    }
  }
  const imageAttributes = (attributes: sanitizeHtml.Attributes): Record<string, string> => {
    const contentId = contentIdOf(attributes.src)
    const src =
      contentId === undefined
        ? undefined
        : options.cidUrl
          ? options.cidUrl(percentDecoded(contentId))
          : `cid:${contentId}`
    if (src !== undefined) return { src }
    const isRemote = isElsewhere(attributes.src) || attributes.srcset !== undefined
    if (isRemote) blockedRemote += 1
    const isMarked = isRemote || attributes['data-blocked'] === 'remote'
    return isMarked && options.remoteImages === 'placeholder' ? { 'data-blocked': 'remote' } : {}
  }
  const html = sanitizeHtml(readable(source), {
    ...fixedOptions,
    onOpenTag() {
      depth += 1
      if (depth > maxDepth) throw new CannotSettle('the markup is nested too deeply')
    },
    onCloseTag(name) {
      depth -= 1
      if (name === 'a') open = undefined
    },
    transformTags: {
      '*': (tagName, attributes) => {
        const ours =
          tagName === 'a'
            ? linkAttributes(attributes.href)
            : tagName === 'img'
              ? imageAttributes(attributes)
              : {}
        const fetches = attributes.background !== undefined || fetchesSomething(attributes.style ?? '')
        if (fetches && tagName !== 'img') blockedRemote += 1
        return { tagName, attribs: { ...ours, ...tameAttributes(tagName, attributes) } }
      },
    },
    textFilter(text) {
      if (open && open.text.length < maxLinkText) open.text += text
      return text
    },
  })
  return { html, blockedRemote, links: links.map(withShownHost) }
}

function withShownHost({ href, host, text }: SafeLink & { readonly text: string }): HtmlLink {
  const shownHost = misleadingHost(text, { href, host })
  return { href, host, ...(shownHost === undefined ? {} : { shownHost }) }
}

/** RFC 2392 §2: `cid:` and the Content-ID, percent-encoded. What could end an attribute or an address is in none. */
function contentIdOf(src: string | undefined): string | undefined {
  const [, encoded] = /^\s{0,9}cid:([^\s"'<>`\\&]{1,250})\s{0,9}$/i.exec(src ?? '') ?? []
  return encoded
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Mail is full of ids with a bare percent sign; they mean what they say.
    return text
  }
}

function isElsewhere(src: string | undefined): boolean {
  return src !== undefined && src.trim() !== '' && !/^\s*(?:cid|data):/i.test(src)
}

/** Without what no reader sees and some parsers stumble over: control characters, halves of characters, CR. */
function readable(html: string): string {
  return html
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n\f])\p{Cc}/gu, '')
}

function withoutTags(html: string): string {
  return html
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim()
}
