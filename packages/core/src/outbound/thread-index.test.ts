import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { childThreadIndex } from './thread-index.ts'

/** FILETIME of an instant, its six upper bytes: what an index begins with. */
const header = (at: Date) => {
  const filetime = BigInt(at.getTime()) * 10_000n + 116_444_736_000_000_000n
  const bytes = Buffer.alloc(22, 7)
  bytes.writeUIntBE(Number(filetime >> 16n), 0, 6)
  return bytes
}
const began = new Date('2026-11-20T10:00:00Z')
const parent = header(began).toString('base64')
const answered = new Date(began.getTime() + 3 * 86_400_000)

describe('the Thread-Index of an answer', () => {
  test('is that of the mail with five bytes more, which tell the time since the thread began', () => {
    const bytes = Buffer.from(childThreadIndex(parent, answered, 'abcdefgh') ?? '', 'base64')
    expect(bytes.subarray(0, 22)).toEqual(header(began))
    expect(bytes).toHaveLength(27)
    const time = bytes.readUInt32BE(22)
    expect(time >>> 31).toBe(0)
    // In units of 2^18 × 100 ns, 26 ms; the header itself is cut to 2^16 × 100 ns.
    expect(Math.abs(time * 2 ** 18 * 1e-4 - 3 * 86_400_000)).toBeLessThan(60)
  })

  test('tells more than two years in the coarser unit', () => {
    const late = new Date(began.getTime() + 3 * 365 * 86_400_000)
    const time = Buffer.from(childThreadIndex(parent, late, 'abcdefgh') ?? '', 'base64').readUInt32BE(22)
    expect(time >>> 31).toBe(1)
    expect(Math.abs((time & 0x7fff_ffff) * 2 ** 23 * 1e-4 - 3 * 365 * 86_400_000)).toBeLessThan(1000)
  })

  test('grows by one block with every answer, and is the same for the same answer', () => {
    const first = childThreadIndex(parent, answered, 'abcdefgh') as string
    expect(childThreadIndex(parent, answered, 'abcdefgh')).toBe(first)
    expect(Buffer.from(childThreadIndex(first, answered, 'hgfedcba') ?? '', 'base64')).toHaveLength(32)
  })

  test.each<[string, string | null]>([
    ['there is none', null],
    ['it is empty', ''],
    ['it is no base64', 'what? <b>'],
    ['it is too short', Buffer.alloc(21, 1).toString('base64')],
    ['it ends inside a block', Buffer.alloc(24, 1).toString('base64')],
    ['it is of a time before 1829', Buffer.alloc(22, 0).toString('base64')],
    ['it names too many answers', Buffer.alloc(22 + 500, 1).toString('base64')],
    ['it is very long', 'A'.repeat(100_000)],
  ])('is left away when %s', (_, damaged) => {
    expect(childThreadIndex(damaged, answered, 'abcdefgh')).toBeUndefined()
  })

  test('is base64 in one word, whatever the mail said', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), fc.date({ noInvalidDate: true }), (text, now) => {
        expect(childThreadIndex(text, now, 'n') ?? 'A').toMatch(/^[A-Za-z0-9+/]+=*$/)
      }),
    )
  })
})
