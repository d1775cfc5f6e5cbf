import { expect, test } from 'vitest'
import { createIdSource, systemClock } from './ids.ts'

/** A clock that shows these times (milliseconds), the last one for ever. */
function clockOf(...times: number[]) {
  let at = 0
  return { now: () => new Date(times[Math.min(at++, times.length - 1)] ?? 0) }
}

const now = Date.UTC(2026, 10, 22)

function expectAscending(ids: readonly string[]): void {
  // Sorted and free of repetition is strictly ascending; one comparison per pair would drown in assertions.
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
}

test('an id is a UUID of version 7 that carries its time', () => {
  const id = createIdSource(clockOf(now)).uuid()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now)
})

test('100 000 ids strictly ascend', () => {
  const source = createIdSource(systemClock)
  expectAscending(Array.from({ length: 100_000 }, () => source.uuid()))
})

test('more ids than a millisecond has room for still ascend, and stay near the time', () => {
  const source = createIdSource(clockOf(now))
  const ids = Array.from({ length: 20_000 }, () => source.uuid())
  expectAscending(ids)
  expect(Number.parseInt(ids.at(-1)?.replaceAll('-', '').slice(0, 12) ?? '', 16) - now).toBeLessThan(10)
})

test('ids ascend also when the clock goes back', () => {
  const source = createIdSource(clockOf(now, now + 5, now - 3_600_000, now - 1, now + 5, now + 6, now))
  expectAscending(Array.from({ length: 10_000 }, () => source.uuid()))
})

test('two sources do not make the same ids', () => {
  const [one, other] = [createIdSource(clockOf(now)), createIdSource(clockOf(now))]
  const ids = Array.from({ length: 1000 }, () => [one.uuid(), other.uuid()]).flat()
  expect(new Set(ids).size).toBe(ids.length)
})

test('a nonce is lower-case base32 of the length asked for, and all letters occur', () => {
  const { nonce } = createIdSource()
  expect(nonce(8)).toMatch(/^[a-z2-7]{8}$/)
  expect(nonce(0)).toBe('')
  expect(new Set(nonce(10_000)).size).toBe(32)
})
