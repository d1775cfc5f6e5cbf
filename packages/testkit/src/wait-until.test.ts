import { expect, test } from 'vitest'
import { waitUntil } from './wait-until.ts'

test('waiting returns the first truthy value', async () => {
  let calls = 0
  expect(await waitUntil(() => ++calls === 3 && calls, { what: 'the third call', intervalMs: 1 })).toBe(3)
})

test('a check that throws is asked again', async () => {
  let calls = 0
  const check = () => {
    if (++calls < 3) throw new Error('not up')
    return 'up'
  }
  expect(await waitUntil(check, { what: 'the server', intervalMs: 1 })).toBe('up')
})

test('the deadline error names what was awaited and the last value', async () => {
  const waiting = waitUntil(() => 0, { what: 'a row', timeoutMs: 5, intervalMs: 1 })
  await expect(waiting).rejects.toThrow('Waited 5 ms for a row; the last value was 0')
})

test('the deadline error keeps the last error of the check as its cause', async () => {
  const cause = new Error('refused')
  const waiting = waitUntil(() => Promise.reject(cause), { what: 'a row', timeoutMs: 5, intervalMs: 1 })
  await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('refused'), cause })
})
