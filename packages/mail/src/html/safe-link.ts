// Where a link leads, in one settled spelling, and whether its words claim another place.

/** Longest address of a link, UTF-16 units. */
const maxHref = 8192
/** How much of a link's words is looked at, UTF-16 units. */
export const maxLinkText = 300
const webSchemes = new Set(['http:', 'https:'])
const otherSchemes = new Set(['mailto:', 'tel:'])
/** Endings of file names that look like the last label of a host. */
const fileEndings = new Set(
  'bmp csv doc docx eml exe gif gz htm html ics jpeg jpg json log mp3 mp4 msg odt pdf png ppt pptx py rar rtf sh svg txt webp xls xlsx xml zip'.split(
    ' ',
  ),
)

export interface SafeLink {
  /** Absolute; http, https, mailto or tel; without name and password. */
  readonly href: string
  /** Where it leads, in ASCII; undefined for telephone numbers. */
  readonly host: string | undefined
}

/** The link as browsers read it (WHATWG URL), or undefined when it must not lead anywhere. */
export function safeLink(href: string): SafeLink | undefined {
  if (href.length > maxHref || !URL.canParse(href)) return undefined
  const url = new URL(href)
  if (webSchemes.has(url.protocol)) {
    // What stands before the @ is there to be taken for the host.
    url.username = ''
    url.password = ''
    return url.hostname === '' ? undefined : { href: url.href, host: url.hostname }
  }
  if (!otherSchemes.has(url.protocol)) return undefined
  const at = url.pathname.lastIndexOf('@')
  const host = url.protocol === 'mailto:' && at >= 0 ? asciiHost(url.pathname.slice(at + 1)) : undefined
  return { href: url.href, host }
}

/**
 * The host that a link's words name although it leads to another one: `https://bank.example` that opens elsewhere.
 * Undefined when they name none, or the right one, or one above or below it.
 */
export function misleadingHost(text: string, link: SafeLink): string | undefined {
  if (link.host === undefined) return undefined
  const shown = hostInText(text)
  return shown === undefined || isSameSite(shown, link.host) ? undefined : shown
}

/** The host in words that are an address of the web or of a mailbox, or a bare host. */
function hostInText(text: string): string | undefined {
  const read = text
    .slice(0, maxLinkText)
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase()
  const scheme = /^(?:https?|mailto):\/{0,2}/.exec(read)?.[0] ?? ''
  const rest = read.slice(scheme.length)
  const end = rest.search(/[\s/?#<>()[\]"'&]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  // Words that only begin like a host are words.
  if (scheme === '' && /\s/.test(rest)) return undefined
  const name = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d{0,5}$/, '')
    .replace(/[.,;:!]{1,3}$/, '')
  if (!/^[\p{L}\p{N}-]{1,63}(?:[.。．｡][\p{L}\p{N}-]{1,63}){1,8}$/u.test(name)) return undefined
  const host = asciiHost(name)
  const last = host?.slice(host.lastIndexOf('.') + 1) ?? ''
  const isName = /^[a-z][a-z0-9-]{1,62}$/.test(last) && !(scheme === '' && fileEndings.has(last))
  return isName || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) ? host : undefined
}

function asciiHost(name: string): string | undefined {
  const url = `http://${name}/`
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return host === '' ? undefined : host
}

function isSameSite(one: string, other: string): boolean {
  const [a, b] = [one.replace(/^www\./, ''), other.replace(/^www\./, '')]
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}
