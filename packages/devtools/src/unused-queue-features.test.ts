import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listFiles, repositoryRoot } from './repository.ts'

/** What BullMQ offers and maildesk leaves alone; why stands in docs/decisions/0012-bullmq-facts.md. */
const leftAlone =
  /\b(?:moveToDelayed|DelayedError|WaitingError|RateLimitError|upsertJobScheduler|FlowProducer|QueueEvents|updateProgress|updateData)\b|\bjob\.log\(|\b(?:delay|repeat|backoff|deduplication|parent): /

const sources = listFiles(repositoryRoot, ['apps', 'packages']).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
)
const textOf = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8')

test('only the queue package knows BullMQ, and it uses no delays, repeats, logs or flows of it', () => {
  const users = sources.filter((path) => /from 'bullmq/.test(textOf(path)))
  expect(users.filter((path) => !path.startsWith('packages/queue/src/'))).toEqual([])
  expect(users).toContain('packages/queue/src/job-queue.ts')
  const queue = sources.filter((path) => path.startsWith('packages/queue/src/'))
  expect(queue.filter((path) => leftAlone.test(textOf(path)))).toEqual([])
})

test.each([
  'await job.moveToDelayed(at, token)',
  'await job.log(line)',
  "import { FlowProducer } from 'bullmq'",
  'opts: { jobId: id, delay: 1000 }',
  'opts: { repeat: { every: 5 }, jobId: id }',
])('this would be noticed: %s', (line) => {
  expect(line).toMatch(leftAlone)
})
