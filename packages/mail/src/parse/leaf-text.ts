// The characters of a text leaf: its bytes, after transfer decoding, by the character set and format it declares.
import type { MailWarning } from '@maildesk/core'
import { decodeText, metaCharset } from './charset.ts'
import { unwrapFlowed } from './flowed.ts'

/** What a text leaf declares. */
export interface TextFormat {
  readonly contentType: string | false
  readonly charset: string | false
  /** format=flowed (RFC 3676). */
  readonly flowed: boolean
  /** DelSp=yes (RFC 3676 §4). */
  readonly delSp: boolean
}

/** The text with line feeds only; what was guessed or lost is added to `warnings`. Never throws. */
export function textOfLeaf(bytes: Buffer, format: TextFormat, warnings: MailWarning[]): string {
  const meta = format.contentType === 'text/html' ? metaCharset(bytes) : null
  const decoded = decodeText(bytes, format.charset || null, meta === null ? [] : [meta])
  if (decoded.warning) warnings.push(decoded.warning)
  const lines = decoded.text.replaceAll('\r\n', '\n')
  return format.flowed ? unwrapFlowed(lines, format.delSp) : lines
}
