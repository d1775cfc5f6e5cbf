import { randomUUID } from 'node:crypto'
import type { JobHandlers } from '@maildesk/core'
import { migrateQueue, openJobQueue } from '@maildesk/queue'
import { loadConfig } from '@maildesk/runtime'
import { createTestDatabase, quietLog, waitUntil } from '@maildesk/testkit'
import { expect, test } from 'vitest'
import { answerQueue } from './answer-queue.ts'

const clockCheckMs = 50

test('a worker leaves the queue on PostgreSQL alone while its clock is wrong, and answers when it is right again', async () => {
  const database = await createTestDatabase()
  await migrateQueue(database.url)
  const queue = openJobQueue({ redisUrl: undefined, databaseUrl: database.url })
  const handled: string[] = []
  const note = async (id: string) => void handled.push(id)
  const handlers: JobHandlers = { 'file-email': note, 'send-email': note, 'copy-sent': note }
  let aheadMs = 60_000
  const errors: object[] = []
  const answering = answerQueue(
    {
      config: { ...loadConfig({}), databaseUrl: database.url },
      deps: { db: database.db, clock: { now: () => new Date(Date.now() + aheadMs) } },
      queue,
      log: { ...quietLog, error: (fields) => void errors.push(fields) },
    },
    handlers,
    clockCheckMs,
  )
  const isToldAgain = async () => {
    const told = errors.length
    await waitUntil(() => errors.length > told + 1, { what: 'the skew to be told again' })
  }
  try {
    const first = randomUUID()
    await queue.ring({ name: 'file-email', id: first })
    await isToldAgain()
    expect([answering.isAnswering(), handled]).toEqual([false, []])

    aheadMs = 0
    await waitUntil(() => handled.includes(first), { what: 'the ring to be answered' })

    aheadMs = -60_000
    await isToldAgain()
    expect(answering.isAnswering()).toBe(false)
    const second = randomUUID()
    await queue.ring({ name: 'file-email', id: second })
    await isToldAgain()
    expect(handled).toEqual([first])
  } finally {
    await answering.stop()
    await queue.close()
    await database.drop()
  }
})
