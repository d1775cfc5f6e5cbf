// Ids and time of a real process.
import { randomBytes } from 'node:crypto'
import type { Clock, IdSource } from '@maildesk/core'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'
const maxCounter = 0xfff

export const systemClock: Clock = { now: () => new Date() }

/** UUIDv7 (RFC 9562 §5.7) with a counter in rand_a (§6.2 method 1), so that ids of one process strictly ascend. */
export function createIdSource(clock: Clock = systemClock): IdSource {
  let last = 0
  let counter = 0
  return {
    uuid() {
      const now = clock.now().getTime()
      if (now > last) {
        last = now
        counter = randomBytes(1)[0] ?? 0
      } else if (counter < maxCounter) {
        counter += 1
      } else {
        last += 1
        counter = 0
      }
      const time = last.toString(16).padStart(12, '0')
      const tail = randomBytes(8)
      tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80
      const hex = tail.toString('hex')
      return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${hex.slice(0, 4)}-${hex.slice(4)}`
    },
    nonce(length) {
      return Array.from(randomBytes(length), (byte) => base32[byte & 31]).join('')
    },
  }
}
