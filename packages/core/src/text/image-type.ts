// Which bytes a browser may be shown as a picture. Names and declared types say nothing; the first bytes do, and only
// for formats that hold pixels and nothing that runs.

const signatures: readonly { readonly type: string; readonly matches: (beginning: string) => boolean }[] = [
  { type: 'image/png', matches: (text) => text.startsWith('\x89PNG\r\n\x1a\n') },
  { type: 'image/jpeg', matches: (text) => text.startsWith('\xff\xd8\xff') },
  { type: 'image/gif', matches: (text) => text.startsWith('GIF87a') || text.startsWith('GIF89a') },
  { type: 'image/webp', matches: (text) => text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP' },
]
/** Bytes. */
const longestSignature = 12

/** The media type of a PNG, JPEG, GIF or WebP picture by its first bytes; undefined for everything else. Pure. */
export function imageTypeOf(beginning: Uint8Array): string | undefined {
  const text = String.fromCharCode(...beginning.subarray(0, longestSignature))
  return signatures.find(({ matches }) => matches(text))?.type
}
