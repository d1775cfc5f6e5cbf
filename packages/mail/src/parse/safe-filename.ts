// Names and types for parts: as sent where that is safe, made up where it is not.
import { shownFilename } from '@maildesk/core'
import libmime from 'libmime'

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

/** A name that is safe to show and to offer for download; made from `path` and `contentType` when nothing is left. */
export function safeFilename(name: string, path: string, contentType: string): string {
  return shownFilename(name, `part-${path}.${extensionOf(contentType)}`)
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
