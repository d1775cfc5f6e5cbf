// Compressed RTF (MS-OXRTFCP), as Outlook puts bodies into winmail.dat.

const compressed = 0x75465a4c
const uncompressed = 0x414c454d
const dictionarySize = 4096
/** What every dictionary starts with (MS-OXRTFCP §2.1.2.1). */
const dictionaryStart = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbol' +
    'ArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
)

/**
 * The RTF as Latin-1; what there is of a damaged one; '' when it is none.
 * @param most bytes of RTF that are made at most.
 */
export function uncompressRtf(bytes: Buffer, most: number): string {
  if (bytes.length < 16) return ''
  const rawSize = Math.min(bytes.readUInt32LE(4), most)
  const type = bytes.readUInt32LE(8)
  if (type === uncompressed) return bytes.toString('latin1', 16, 16 + rawSize)
  return type === compressed ? inflate(bytes.subarray(16), rawSize) : ''
}

/** References of 12 bits of place and 4 of length, eight behind each byte of flags. */
function inflate(bytes: Buffer, size: number): string {
  const made = Buffer.alloc(size)
  const dictionary = Buffer.alloc(dictionarySize)
  dictionaryStart.copy(dictionary)
  let write = dictionaryStart.length
  let length = 0
  const add = (byte: number) => {
    dictionary[write] = byte
    write = (write + 1) % dictionarySize
    made[length] = byte
    length += 1
  }
  let at = 0
  while (at < bytes.length && length < size) {
    const flags = bytes[at] ?? 0
    at += 1
    for (let bit = 0; bit < 8 && at < bytes.length && length < size; bit += 1) {
      if ((flags & (1 << bit)) === 0) {
        add(bytes[at] ?? 0)
        at += 1
        continue
      }
      const reference = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
      at += 2
      const from = reference >> 4
      if (from === write) return made.toString('latin1', 0, length)
      for (let i = 0; i < (reference & 15) + 2 && length < size; i += 1) {
        add(dictionary[(from + i) % dictionarySize] ?? 0)
      }
    }
  }
  return made.toString('latin1', 0, length)
}
