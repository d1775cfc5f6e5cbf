import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'
import { startTcpProxy, type TcpProxy } from './start-tcp-proxy.ts'

let echo: Server
let proxy: TcpProxy
let seenByServer: string
const clients = new Set<Socket>()

beforeEach(async () => {
  seenByServer = ''
  echo = createServer((socket) => {
    socket.on('error', () => undefined) // broken on purpose
    socket.on('data', (chunk) => {
      seenByServer += chunk
      socket.write(chunk)
    })
  })
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  proxy = await startTcpProxy({ targetPort: (echo.address() as AddressInfo).port })
})

afterEach(async () => {
  for (const client of clients) client.destroy()
  clients.clear()
  await proxy.stop()
  await new Promise((resolve) => echo.close(resolve))
})

test('bytes pass both ways, and the end of one side reaches the other', async () => {
  const client = dial()
  client.socket.write('hello')
  await client.received('hello')
  client.socket.end()
  await client.closed()
  await waitUntil(() => proxy.connectionCount() === 0, { what: 'the proxy to forget the connection' })
})

test('a megabyte comes back whole', async () => {
  const client = dial()
  const megabyte = '0123456789abcdef'.repeat(65_536)
  client.socket.write(megabyte)
  await client.received(megabyte)
})

test('a cut resets what is open and takes new connections', async () => {
  const client = dial()
  client.socket.write('a')
  await client.received('a')
  proxy.cut()
  await client.closed()
  const next = dial()
  next.socket.write('b')
  await next.received('b')
})

test('a pause holds bytes back and loses none', async () => {
  const before = dial()
  before.socket.write('a')
  await before.received('a')
  proxy.pause()
  before.socket.write('b')
  const during = dial()
  during.socket.write('c')
  await waitUntil(() => proxy.connectionCount() === 2, { what: 'the second connection' })
  expect(seenByServer).toBe('a')
  proxy.resume()
  await before.received('ab')
  await during.received('c')
})

test('a black hole swallows, and connections it swallowed for are reset when it closes', async () => {
  proxy.blackhole(true)
  const client = dial()
  client.socket.write('lost')
  await waitUntil(() => proxy.connectionCount() === 1, { what: 'the connection' })
  proxy.blackhole(false)
  await client.closed()
  expect(seenByServer).toBe('')
  const next = dial()
  next.socket.write('b')
  await next.received('b')
})

test('a cut after bytes lets exactly so many reach the server, once', async () => {
  proxy.cutAfterBytes('to-server', 3)
  const client = dial()
  client.socket.write('hello')
  await client.closed()
  await waitUntil(() => seenByServer === 'hel', { what: 'three bytes at the server' })
  const next = dial()
  next.socket.write('whole')
  await next.received('whole')
})

test('a cut after bytes lets exactly so many reach the client', async () => {
  proxy.cutAfterBytes('to-client', 3)
  const client = dial()
  client.socket.write('hello')
  await client.closed()
  await client.received('hel')
})

test('without a server behind it the proxy resets its clients', async () => {
  await new Promise((resolve) => echo.close(resolve))
  await dial().closed()
})

function dial() {
  const socket = connect(proxy.port, '127.0.0.1')
  clients.add(socket)
  let text = ''
  socket.on('error', () => undefined) // seen as closed
  socket.on('data', (chunk) => {
    text += chunk
  })
  return {
    socket,
    received: (expected: string) =>
      waitUntil(() => text === expected, { what: `${expected.length} bytes back` }),
    closed: () => waitUntil(() => socket.closed, { what: 'the connection to close' }),
  }
}

test('an answer is swallowed once: the server has done it, the client sees a broken connection', async () => {
  const swallowing = proxy.swallowNextAnswerTo(/COMMIT/)
  const client = dial()
  client.socket.write('BEGIN')
  await client.received('BEGIN')
  expect(swallowing.isDone()).toBe(false)
  client.socket.write('COMMIT')
  await client.closed()
  expect(swallowing.isDone()).toBe(true)
  expect(seenByServer).toBe('BEGINCOMMIT')
  const next = dial()
  next.socket.write('COMMIT')
  await next.received('COMMIT')
})
