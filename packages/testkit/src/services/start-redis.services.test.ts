import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'
import { type RedisServer, startRedis } from './start-redis.ts'

let redis: RedisServer | undefined

afterEach(async () => {
  await redis?.stop()
  redis = undefined
})

test('Redis answers on its port with the policy the queue asks for', async () => {
  redis = await startRedis()
  expect(await ask(redis.port, 'CONFIG GET maxmemory-policy')).toContain('noeviction')
})

test('Redis can be given a policy the queue must refuse', async () => {
  redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' })
  expect(await ask(redis.port, 'CONFIG GET maxmemory-policy')).toContain('allkeys-lru')
})

test('with an append-only file the keys outlive a kill and a restart', async () => {
  redis = await startRedis({ appendonly: true })
  await ask(redis.port, 'SET job kept')
  await redis.kill('SIGKILL')
  await expect(ask(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED')
  await redis.restart()
  expect(await ask(redis.port, 'GET job')).toContain('kept')
})

test('flushing forgets every key', async () => {
  redis = await startRedis()
  await ask(redis.port, 'SET job kept')
  await redis.flushAll()
  expect(await ask(redis.port, 'DBSIZE')).toBe(':0\r\n')
})

test('stopping leaves no directory and nothing listening', async () => {
  redis = await startRedis()
  await redis.stop()
  await redis.stop()
  expect(existsSync(redis.directory)).toBe(false)
  await expect(ask(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED')
})

test('a failed start says why', async () => {
  await expect(startRedis({ maxmemoryPolicy: 'no-such-policy' })).rejects.toThrow(
    /Could not start redis[\s\S]*maxmemory-policy/,
  )
})

async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  let failure: Error | undefined
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
  })
  socket.on('error', (error) => {
    failure = error
  })
  socket.write(`${command}\r\n`)
  await waitUntil(() => failure ?? answer.endsWith('\r\n'), { what: `Redis to answer ${command}` })
  socket.destroy()
  if (failure) throw failure
  return answer
}
