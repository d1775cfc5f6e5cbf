// The MIME fields of a part, where what was sent is no MIME but what was meant is plain. Run on each node of mailsplit
// right after it read them, because what a multipart's boundary is decides how the following lines are read.
import libmime from 'libmime'
import { declaredFilename, type PartHeaders } from './part-filename.ts'

/** What is looked at and changed of a mailsplit node. */
export interface RepairableNode {
  headers: false | (PartHeaders & { get(key: string): string[]; getFirst(key: string): string })
  contentType: string | false
  charset: string | false
  encoding: string | false
  multipart: string | false
  filename: string | false
  _boundary: Buffer | false
  _parsedContentType: false | { value: string; params: MimeParameters }
  parseHeaders(): void
}

/** Parameters of a MIME field that are looked at. */
interface MimeParameters {
  readonly [name: string]: string | undefined
  readonly boundary?: string
  readonly charset?: string
  readonly name?: string
  readonly start?: string
}

/** Characters of a Content-Type field that are looked at. */
const maxFieldLength = 4_000
const wholeType = /^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80}$/

/** Changes `node` to what its sender meant; `parent` is the multipart around it. Never throws. */
export function repairNode(node: RepairableNode, parent: RepairableNode | false): void {
  node.encoding = meantEncoding(node.encoding || '')
  if (!node.headers) return
  node.filename = declaredFilename(node.headers) || node.filename
  const given = node.headers.getFirst('Content-Type').slice(0, maxFieldLength)
  if (given === '') {
    if (parent && parent.multipart === 'digest' && node.headers.get('Content-Disposition').length === 0) {
      node.contentType = 'message/rfc822'
    }
    return
  }
  if (node.contentType && wholeType.test(node.contentType)) return
  const meant = meantType(given)
  if (meant === '') {
    const named = node.filename ? libmime.detectMimeType(node.filename) : ''
    node.contentType = named || 'text/plain'
    return
  }
  const parsed = libmime.parseHeaderValue(meant, { stripComments: true })
  node._parsedContentType = parsed
  node.contentType = parsed.value.toLowerCase().trim()
  node.charset = parsed.params.charset || node.charset
  node.filename ||= parsed.params.name || false
  node.multipart = node.contentType.startsWith('multipart/') ? node.contentType.slice(10) : false
  const boundary = (parsed.params.boundary ?? '').trimEnd()
  if (node.multipart && boundary !== '' && /^[ -~]+$/.test(boundary)) node._boundary = Buffer.from(boundary)
}

/** `text/plain charset=x` has no semicolon, `text` no subtype, `html` no type; '' for what says nothing. */
function meantType(given: string): string {
  const missing =
    /^"?([a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80})"?[\s,:]+(?=[a-z*0-9-]{1,60}\s?=)/i.exec(given)
  if (missing) return `${missing[1]}; ${given.slice(missing[0].length)}`
  const type = /^"?([a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80})/i.exec(given)
  if (type) return `${type[1]}${given.includes(';') ? given.slice(given.indexOf(';')) : ''}`
  const word = /^([a-z]{1,20})\/?\s*(?=$|;)/i.exec(given)
  if (!word) return ''
  const rest = given.slice(word[0].length)
  const name = (word[1] ?? '').toLowerCase()
  if (name === 'html') return `text/html${rest}`
  if (name === 'text' || name === 'plain') return `text/plain${rest}`
  if (name === 'multipart') return `multipart/mixed${rest}`
  return ''
}

/** The transfer encoding that a sloppy spelling means (RFC 2045 §6.1); lower case; '' when none is said. */
function meantEncoding(given: string): string {
  const word = given
    .slice(0, 100)
    .toLowerCase()
    .replace(/^["'\s]+|["';,\s].*$/gs, '')
  const bare = given
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  if (bare.startsWith('base64') || bare === 'xbase64' || bare === 'b64') return 'base64'
  if (bare.startsWith('quotedprintable') || bare === 'qp') return 'quoted-printable'
  if (/^x?uu(?:e|encode|encoded)?$/.test(bare)) return 'x-uuencode'
  return word
}
