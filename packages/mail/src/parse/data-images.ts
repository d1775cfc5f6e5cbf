// Files written into HTML as `data:` URIs (RFC 2397): taken out, so that the HTML stays small and a picture is a part like
// any other, shown through `cid:`.

/** A file that was found. */
export interface DataFile {
  readonly contentType: string
  readonly bytes: Buffer
  /** What the HTML now points to, without `cid:`. */
  readonly contentId: string
}

/** UTF-16 units between `data:` and its comma: a media type and few parameters. */
const maxHead = 200
const start = /(["'(=])(\s{0,16})data:/gi
const headPattern = /^([a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60})((?:;[a-z0-9!#$&^_.+=-]{1,80}){0,4})$/
/** What a URI may consist of, and what ends it, by what stands before it. */
const quoted = /[A-Za-z0-9+/=%\s_-]*/y
const runs: Readonly<
  Record<string, { readonly base64: RegExp; readonly other: RegExp; readonly end: RegExp }>
> = {
  '"': { base64: quoted, other: /[^"]*/y, end: /"/y },
  "'": { base64: quoted, other: /[^']*/y, end: /'/y },
  '(': { base64: quoted, other: /[^)"']*/y, end: /[)]/y },
  '=': { base64: /[A-Za-z0-9+/=%_-]*/y, other: /[^\s>]*/y, end: /[\s>]|$/y },
}

/**
 * Takes files out of an HTML: all in base64, and pictures in any writing. What cannot be read stays, for the sanitiser.
 * @param path of the part that the HTML is; the content ids are made of it.
 * @param most files that are taken out at most; the same URI again counts once.
 * @returns the HTML that points to them. Linear; never throws.
 */
export function takeDataFiles(
  html: string,
  path: string,
  most: number,
): { readonly html: string; readonly files: readonly DataFile[] } {
  if (!/data:/i.test(html)) return { html, files: [] }
  const files: DataFile[] = []
  const known = new Map<string, string>()
  const left: string[] = []
  let from = 0
  start.lastIndex = 0
  for (let found = start.exec(html); found; found = start.exec(html)) {
    const at = start.lastIndex - 'data:'.length
    const uri = uriAt(html, start.lastIndex, found[1] ?? '')
    start.lastIndex = uri.end
    if (!uri.contentType) continue
    const whole = html.slice(at, uri.end)
    if (!known.has(whole)) {
      if (files.length === most) break
      const bytes = uri.read()
      if (!bytes || bytes.length === 0) continue
      const contentId = `data-${files.length + 1}.${path}@part.invalid`
      files.push({ contentType: uri.contentType, bytes, contentId })
      known.set(whole, contentId)
    }
    left.push(html.slice(from, at), `cid:${known.get(whole)}`)
    from = uri.end
  }
  return files.length === 0 ? { html, files } : { html: left.join('') + html.slice(from), files }
}

interface FoundUri {
  /** '' when it is none that is taken. */
  readonly contentType: string
  /** Behind its last character, or behind what was looked at. */
  readonly end: number
  read(): Buffer | undefined
}

function uriAt(html: string, at: number, before: string): FoundUri {
  const comma = html.slice(at, at + maxHead).indexOf(',')
  const none = { contentType: '', end: at, read: () => undefined }
  if (comma < 0) return none
  const head = headPattern.exec(
    html
      .slice(at, at + comma)
      .trim()
      .toLowerCase(),
  )
  if (!head) return none
  const contentType = head[1] ?? ''
  const base64 = (head[2] ?? '').endsWith(';base64')
  if (!base64 && !contentType.startsWith('image/')) return none
  const runOf = runs[before]
  const payload = runOf ? runAt(base64 ? runOf.base64 : runOf.other, html, at + comma + 1) : undefined
  if (runOf === undefined || payload === undefined) return none
  const end = at + comma + 1 + payload.length
  if (runAt(runOf.end, html, end) === undefined) return { ...none, end }
  return { contentType, end, read: () => (base64 ? ofBase64(payload) : ofPercents(payload)) }
}

function runAt(pattern: RegExp, html: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(html)?.[0]
}

function ofBase64(payload: string): Buffer | undefined {
  const plain = unpercented(payload)?.replace(/\s+/g, '') ?? ''
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(plain) ? Buffer.from(plain, 'base64') : undefined
}

function ofPercents(payload: string): Buffer | undefined {
  const plain = unpercented(payload)
  return plain === undefined ? undefined : Buffer.from(plain, 'utf8')
}

function unpercented(payload: string): string | undefined {
  if (!payload.includes('%')) return payload
  try {
    return decodeURIComponent(payload)
  } catch {
    // Not UTF-8 behind the percents: such a picture no browser of ours would show either.
    return undefined
  }
}

/** The content ids that an HTML points to, at most `most`. */
export function shownContentIds(html: string, most: number): Set<string> {
  const ids = new Set<string>()
  for (const [, id = ''] of html.matchAll(/["'(=]\s{0,16}cid:([^"'<>()\s]{1,998})/gi)) {
    if (ids.size >= most) break
    ids.add(unpercented(id) ?? id)
    ids.add(id)
  }
  return ids
}
