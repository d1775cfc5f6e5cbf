// What a part is called, from whatever field says so. Read from the bytes of its header section, because names are the
// fields that most often hold raw bytes of who knows which character set.
import { isUtf8 } from 'node:buffer'
import { type RawField, readHeaderFields } from './header-fields.ts'
import { parseParameters } from './parse-parameters.ts'

/** The header section of a part as mailsplit keeps it: `line` has one character a byte, folded as sent. */
export interface PartHeaders {
  getList(): readonly { readonly key: string; readonly line: string }[]
}

/** UTF-16 units; what is longer is text, not a name. */
const maxDescribedName = 200
const namingFields = new Set([
  'content-type',
  'content-disposition',
  'content-location',
  'content-description',
])

/**
 * The name that a part declares, decoded but not made safe; '' when it has none. The first of: `filename` of
 * Content-Disposition (RFC 2183 §2.3), `name` of Content-Type (all that older programs know), `name` of
 * Content-Disposition, `filename` of Content-Type.
 */
export function declaredFilename(headers: PartHeaders): string {
  const fields = fieldsOf(headers)
  const disposition = parseParameters(fieldOf(fields, 'content-disposition')).params
  const type = parseParameters(fieldOf(fields, 'content-type')).params
  const named = [disposition.get('filename'), type.get('name'), disposition.get('name'), type.get('filename')]
  return percentDecoded(named.find((name) => name !== undefined && name.trim() !== '')?.trim() ?? '')
}

/** A file's name in Content-Location or Content-Description, for parts that are files and declare none; else ''. */
export function describedFilename(headers: PartHeaders): string {
  const fields = fieldsOf(headers)
  const [location = ''] = fieldOf(fields, 'content-location').split(/[?#]/)
  const lastOfPath = percentDecoded(location.slice(location.lastIndexOf('/') + 1))
  return [lastOfPath, fieldOf(fields, 'content-description')].find(isFileName) ?? ''
}

function fieldsOf(headers: PartHeaders): readonly RawField[] {
  const lines = headers.getList().filter(({ key }) => namingFields.has(key))
  return readHeaderFields(Buffer.from(lines.map(({ line }) => line).join('\r\n'), 'latin1')).fields
}

function fieldOf(fields: readonly RawField[], name: string): string {
  return fields.find((field) => field.name === name)?.value ?? ''
}

function isFileName(text: string): boolean {
  return text.length <= maxDescribedName && /^(?!cid:)[^\s.][^\r\n/\\:]*\.[A-Za-z0-9]{1,5}$/i.test(text)
}

/** Some web mailers percent-encode names; undone only where that makes UTF-8 beyond ASCII of them. */
function percentDecoded(name: string): string {
  if (!/%[89A-Fa-f][0-9A-Fa-f]/.test(name)) return name
  const pieces = name.split(/((?:%[0-9A-Fa-f]{2})+)/)
  const bytes = Buffer.concat(
    pieces.map((piece, at) =>
      at % 2 === 1 ? Buffer.from(piece.replaceAll('%', ''), 'hex') : Buffer.from(piece, 'utf8'),
    ),
  )
  return isUtf8(bytes) ? bytes.toString('utf8') : name
}
