import { randomUUID } from 'node:crypto'
import type { JobQueue } from '@maildesk/core'
import { freePort, quietLog, type RedisServer, startRedis, waitUntil } from '@maildesk/testkit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { openJobQueue, type RunningWorkers, runWorkers } from './index.ts'
import { type Answers, healed, noteAnswers } from './testing/answers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    queueRounds: number
  }
}

const commandTimeoutMs = 2000
/** What a slow machine may add to a timeout, milliseconds. */
const slackMs = 1500
/** How often the server is wiped: MAILDESK_QUEUE_ROUNDS, read in vitest.config.ts; more before a release. */
const rounds = inject('queueRounds')
const roundMs = 15_000

let redis: RedisServer
let queue: JobQueue
let workers: RunningWorkers
let seen: Answers

beforeAll(async () => {
  redis = await startRedis({ debug: true })
})
afterAll(() => redis.stop())
beforeEach(async () => {
  const settings = {
    redisUrl: redis.url,
    databaseUrl: '',
    prefix: `t${randomUUID().slice(0, 8)}`,
    commandTimeoutMs,
  }
  seen = noteAnswers()
  queue = openJobQueue(settings)
  workers = await runWorkers(
    seen.handlers,
    { ...settings, concurrency: { 'file-email': 4, 'send-email': 1, 'copy-sent': 1 }, lockMs: 2000 },
    quietLog,
  )
  await healed(queue, seen.has)
})
afterEach(async () => {
  await workers.close()
  await queue.close()
})

test(`a ring is answered after each of ${rounds} times that Redis was killed and came back empty`, {
  timeout: rounds * roundMs,
}, async () => {
  for (let round = 0; round < rounds; round++) {
    await redis.kill('SIGKILL')
    await redis.restart()
    await healed(queue, seen.has)
  }
})

test(`a ring is answered after each of ${rounds} times that all keys were flushed under the workers`, {
  timeout: rounds * roundMs,
}, async () => {
  for (let round = 0; round < rounds; round++) {
    await redis.flushAll()
    await healed(queue, seen.has)
  }
})

test('a ring does not wait for a Redis that is busy, and is answered after it', async () => {
  const asleep = tell('DEBUG', 'SLEEP', '5')
  // The first rings may still overtake the sleep.
  await waitUntil(() => failsInTime(/no answer|timed out/).then(() => true), { what: 'a ring to fail' })
  await asleep
  await healed(queue, seen.has)
})

for (const { state, begin, end, words } of [
  {
    state: 'has no memory left',
    begin: () => tell('CONFIG', 'SET', 'maxmemory', '1'),
    end: () => tell('CONFIG', 'SET', 'maxmemory', '0'),
    words: /OOM/,
  },
  {
    state: 'is a replica that may only be read',
    begin: async () => tell('REPLICAOF', '127.0.0.1', String(await freePort())),
    end: () => tell('REPLICAOF', 'NO', 'ONE'),
    words: /READONLY/,
  },
]) {
  test(`a ring fails in time while Redis ${state}, and is answered after it`, async () => {
    await begin()
    try {
      await failsInTime(words)
      await failsInTime(words)
    } finally {
      await end()
    }
    await healed(queue, seen.has)
  })
}

async function failsInTime(words: RegExp): Promise<void> {
  const startedAt = performance.now()
  await expect(queue.ring({ name: 'file-email', id: randomUUID() })).rejects.toMatchObject({
    code: 'queue.unavailable',
    message: expect.stringMatching(words),
  })
  expect(performance.now() - startedAt).toBeLessThan(commandTimeoutMs + slackMs)
}

async function tell(command: string, ...words: string[]): Promise<void> {
  const admin = new Redis(redis.url)
  await admin.call(command, ...words)
  await admin.quit()
}
