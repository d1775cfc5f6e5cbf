// TNEF as Outlook writes it (MS-OXTNEF), for tests.

type Values = Readonly<Record<number, readonly [type: number, value: Buffer | number]>>

/** A property list. */
function propertyList(values: Values): Buffer {
  const entries = Object.entries(values)
  return Buffer.concat([
    u32(entries.length),
    ...entries.map(([id, [type, value]]) => property(Number(id), type, value)),
  ])
}

function property(id: number, type: number, value: Buffer | number): Buffer {
  const head = Buffer.concat([
    u16(type),
    u16(id),
    ...(id >= 0x8000 ? [Buffer.alloc(16), u32(0), u32(1)] : []),
  ])
  if (typeof value === 'number') return Buffer.concat([head, u32(value)])
  return Buffer.concat([head, u32(1), u32(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

export function attribute(level: 1 | 2, id: number, value: Buffer): Buffer {
  const sum = value.reduce((total, byte) => (total + byte) & 0xffff, 0)
  return Buffer.concat([Buffer.from([level]), u16(id), u16(6), u32(value.length), value, u16(sum)])
}

export function tnef(...parts: Buffer[]): Buffer {
  return Buffer.concat([
    u32(0x223e9f78),
    u16(1),
    attribute(1, 0x9007, Buffer.concat([u32(1252), u32(0)])),
    ...parts,
  ])
}

/** The message's own properties. */
export const messageProperties = (values: Values) => attribute(1, 0x9003, propertyList(values))

/** One file, as older Outlooks write it; `values` are its properties. */
export function tnefFile(title: string, bytes: Buffer, values: Values = {}): Buffer {
  return Buffer.concat([
    attribute(2, 0x9002, Buffer.alloc(14)),
    attribute(2, 0x8010, Buffer.from(`${title}\0`, 'latin1')),
    attribute(2, 0x800f, bytes),
    attribute(2, 0x9005, propertyList(values)),
  ])
}

/** A mail inside. */
export function tnefMail(inner: Buffer): Buffer {
  const iid = Buffer.from('0703020000000000c000000000000046', 'hex')
  return Buffer.concat([
    attribute(2, 0x9002, Buffer.alloc(14)),
    attribute(2, 0x9005, propertyList({ 14081: [0x000d, Buffer.concat([iid, inner])] })),
  ])
}

/** RTF as MAPI keeps it, not compressed. */
export function storedRtf(rtf: string): Buffer {
  const bytes = Buffer.from(rtf, 'latin1')
  return Buffer.concat([u32(bytes.length + 12), u32(bytes.length), u32(0x414c454d), u32(0), bytes])
}

export const unicode = (text: string) => Buffer.from(`${text}\0`, 'utf16le')

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
