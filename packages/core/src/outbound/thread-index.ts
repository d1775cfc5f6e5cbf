// Thread-Index (MS-OXOMSG §2.2.1.3): a header of 22 bytes, and 5 bytes for every answer. Outlook sorts by it.
import { createHash } from 'node:crypto'

const headerBytes = 22
const childBytes = 5
/** Answers of a thread that an index names; a longer one is damaged or made up. */
const maxChildren = 100
/** 1601-01-01 to 1970-01-01, in the 100 nanoseconds of a FILETIME. */
const epochOffset = 116_444_736_000_000_000n
/** Bits of the time difference that decide which of two precisions it is written in. */
const longDifference = 0x00fe_0000_0000_0000n

/**
 * The index of an answer: the parent's with a child block. Undefined when the parent has none, or one that is damaged.
 * @param nonce names the one answer; the same answer has the same index however often it is built.
 */
export function childThreadIndex(parent: string | null, now: Date, nonce: string): string | undefined {
  const text = (parent ?? '').replace(/\s/g, '')
  if (text.length > 4 * (headerBytes + maxChildren * childBytes) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    return undefined
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < headerBytes || (bytes.length - headerBytes) % childBytes !== 0 || bytes[0] !== 1)
    return undefined
  if ((bytes.length - headerBytes) / childBytes >= maxChildren) return undefined
  return Buffer.concat([bytes, childBlock(bytes, now, nonce)]).toString('base64')
}

/** One bit for the precision, 31 bits of time since the thread began, and 8 bits that no other answer is likely to have. */
function childBlock(parent: Buffer, now: Date, nonce: string): Buffer {
  const beganAt = parent.readUIntBE(0, 6)
  const difference = BigInt(now.getTime()) * 10_000n + epochOffset - (BigInt(beganAt) << 16n)
  const since = difference < 0n ? 0n : difference
  const isLong = (since & longDifference) !== 0n
  const time = Number((isLong ? since >> 23n : since >> 18n) & 0x7fff_ffffn)
  const block = Buffer.alloc(childBytes)
  block.writeUInt32BE(isLong ? time + 0x8000_0000 : time)
  block[4] = createHash('sha256').update(nonce).digest()[0] ?? 0
  return block
}
