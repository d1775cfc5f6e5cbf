// Property lists of MAPI, as they stand in TNEF (MS-OXTNEF §2.1.3.4). Only values are read that a mail is made of.

/** Properties of one list that are read; Outlook writes some 100. */
const maxProperties = 2_000
/** Values of one property. */
const maxValues = 1_000

export interface MapiValue {
  readonly type: number
  readonly bytes: Buffer
}

/** Bytes that a value of a fixed type takes, padded to 4. */
const fixedSizes: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
}
const variable = new Set([0x000d, 0x001e, 0x001f, 0x0102])
const multiple = 0x1000

/** The first value of each property by its id, as far as the list can be read. Linear; never throws. */
export function readMapiProperties(list: Buffer): Map<number, MapiValue> {
  const found = new Map<number, MapiValue>()
  try {
    readInto(found, list)
  } catch (error) {
    // A list that ends too early, or a length that points behind its end.
    if (!(error instanceof RangeError)) throw error
  }
  return found
}

function readInto(found: Map<number, MapiValue>, list: Buffer): void {
  const count = Math.min(list.readUInt32LE(0), maxProperties)
  let at = 4
  for (let index = 0; index < count; index += 1) {
    const type = list.readUInt16LE(at)
    const id = list.readUInt16LE(at + 2)
    at = id < 0x8000 ? at + 4 : behindName(list, at + 4)
    const base = type & ~multiple
    const counted = type !== base || variable.has(base)
    const values = counted ? list.readUInt32LE(at) : 1
    if (values > maxValues) return
    if (counted) at += 4
    for (let value = 0; value < values; value += 1) {
      const sized = variable.has(base)
      const length = sized ? list.readUInt32LE(at) : fixedSizes[base]
      if (length === undefined) return
      const start = sized ? at + 4 : at
      if (start + length > list.length) return
      if (!found.has(id)) found.set(id, { type: base, bytes: list.subarray(start, start + length) })
      at = start + padded(length)
    }
  }
}

/** A named property has a set and a number, or a set and a name. */
function behindName(list: Buffer, at: number): number {
  const kind = list.readUInt32LE(at + 16)
  return kind === 0 ? at + 24 : at + 24 + padded(list.readUInt32LE(at + 20))
}

function padded(length: number): number {
  return (length + 3) & ~3
}
