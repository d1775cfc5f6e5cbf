// File names from outside: what they say is kept, what they could do is not.
import { databaseText } from '@maildesk/core'
import libmime from 'libmime'

const maxNameLength = 255
/** Control characters, format characters (zero-width, bidi, soft hyphen, BOM), line and paragraph separators. */
const unshowable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Extensions where the registry has none or an odd one. */
const extensions: Readonly<Record<string, string>> = {
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'text/calendar': 'ics',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/rfc822-headers': 'txt',
  'message/delivery-status': 'txt',
  'message/disposition-notification': 'txt',
  'message/feedback-report': 'txt',
  'image/jpeg': 'jpg',
}

/**
 * A name that is safe to show and to offer for download: no path, no control or direction characters, no leading
 * dots, at most 255 UTF-16 units (the extension survives). Made from `path` and `contentType` when nothing is left.
 */
export function safeFilename(name: string, path: string, contentType: string): string {
  const shown = databaseText(name).replace(unshowable, '')
  const last = shown.slice(Math.max(shown.lastIndexOf('/'), shown.lastIndexOf('\\')) + 1)
  const bare = trimEnds(last)
  return bare === '' ? `part-${path}.${extensionOf(contentType)}` : shorten(bare)
}

/** Linear on purpose: a regular expression anchored at the end alone would look at every run of spaces. */
function trimEnds(name: string): string {
  let start = 0
  while (start < name.length && /[\s.]/.test(name.charAt(start))) start += 1
  return name.slice(start).trimEnd()
}

function shorten(name: string): string {
  if (name.length <= maxNameLength) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  return databaseText(name, maxNameLength - extension.length) + extension
}

function extensionOf(contentType: string): string {
  return extensions[contentType] ?? libmime.detectExtension(contentType)
}

/** A media type (RFC 2045 §5.1) in lower case without parameters; application/octet-stream for anything odd. */
export function safeContentType(contentType: string): string {
  const type = contentType.trim().toLowerCase()
  return type.length <= 100 && /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type)
    ? type
    : 'application/octet-stream'
}
