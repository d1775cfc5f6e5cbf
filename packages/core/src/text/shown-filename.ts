// File names from outside: what they say is kept, what they could do is not.
import { databaseText } from './database-text.ts'

/** Longest file name that is kept, UTF-16 units; as in the schema. */
export const maxFilenameLength = 255
/** Longest extension that survives cutting, with its dot. */
const maxExtensionLength = 16

// Control characters, soft hyphen, zero-width characters, direction marks and overrides, separators, BOM.
const unshowable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** Without path, invisible characters and leading dots, at most 255 units; `fallback` when nothing is left. Pure. */
export function shownFilename(name: string, fallback: string): string {
  const shown = databaseText(name).replace(unshowable, '')
  const last = shown.slice(Math.max(shown.lastIndexOf('/'), shown.lastIndexOf('\\')) + 1)
  const bare = withoutLeadingDots(last).trimEnd()
  return bare === '' ? fallback : shorten(bare)
}

/** Linear on purpose: an expression that backtracks over runs of dots would not be. */
function withoutLeadingDots(name: string): string {
  let start = 0
  while (start < name.length && /[\s.]/.test(name.charAt(start))) start += 1
  return name.slice(start)
}

function shorten(name: string): string {
  if (name.length <= maxFilenameLength) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= maxExtensionLength ? name.slice(dot) : ''
  return databaseText(name, maxFilenameLength - extension.length) + extension
}
