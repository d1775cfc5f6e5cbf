import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from './free-port.ts'

test('a free port can be listened on and is not handed out twice', async () => {
  const [first, second] = [await freePort(), await freePort()]
  expect(first).not.toBe(second)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(first, '127.0.0.1', resolve)
  })
  await new Promise((resolve) => server.close(resolve))
})
