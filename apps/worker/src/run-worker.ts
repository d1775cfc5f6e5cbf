// The worker: answers doorbells, and sweeps the ledgers for those nobody rang for.
import { join } from 'node:path'
import { type JobHandlers, type JobQueue, MaildeskError } from '@maildesk/core'
import type { WorkerDeps } from '@maildesk/flows'
import {
  buildMime,
  createEmailParser,
  createMailer,
  createSentFolder,
  organisationalDomain,
} from '@maildesk/mail'
import { runWorkers } from '@maildesk/queue'
import { unseal } from '@maildesk/runtime'
import { type Desk, imapLimits, mailboxTokens, parseLimits, waitFor } from '@maildesk/wiring'
import { jobHandlers } from './handlers.ts'
import { startSweeper } from './sweeper.ts'

/** Copies of sent mail kept at the same time; each is a connection to the mailbox. */
const copyConcurrency = 2

/** Starts working and returns; the desk's lifecycle stops it, jobs at hand first. */
export async function runWorker(desk: Desk): Promise<void> {
  const { config, log, lifecycle } = desk
  const parser = createEmailParser({
    blobs: desk.deps.blobs,
    children: config.fileConcurrency,
    warm: 1,
    tmpDir: join(config.dataDir, 'tmp'),
    limits: parseLimits(config),
    log,
  })
  lifecycle.add('parser', () => parser.close())
  const deps: WorkerDeps = {
    ...desk.deps,
    parser,
    signatures: parser,
    organisationalDomain,
    mailer: createMailer({ socketTimeoutMs: config.smtpTimeoutMs, log }),
    buildMime,
    sentFolder: createSentFolder(imapLimits(config)),
    tokens: mailboxTokens(desk),
    unseal: (sealed, context) => unseal(sealed, context, config.secretKeys),
  }

  let handledAt = performance.now()
  const handlers = jobHandlers(deps)
  const answering = watched(handlers, () => {
    handledAt = performance.now()
  })
  let isAnswering = false
  const jobs = heardOnlyWhen(() => isAnswering, deps.jobs)
  const sweeper = startSweeper({ ...deps, jobs }, handlers, config.sweepIntervalMs, () => handledAt)
  lifecycle.add('sweeper', () => sweeper.stop())

  const stopping = new AbortController()
  const starting = startQueue()
  lifecycle.add('queue workers', async () => {
    stopping.abort()
    await (await starting)?.close()
  })

  // Until the queue answers, the sweeper works through the ledgers without it.
  async function startQueue() {
    if (!(await waitFor('queue', () => desk.queue.probe(), log, stopping.signal))) return undefined
    const settings = {
      redisUrl: config.redisUrl,
      databaseUrl: config.databaseUrl,
      lockMs: config.queueLockMs,
      concurrency: {
        'file-email': config.fileConcurrency,
        'send-email': config.sendConcurrency,
        'copy-sent': copyConcurrency,
      },
    }
    const workers = await runWorkers(answering, settings, log)
    isAnswering = true
    return workers
  }
}

/** A queue that this worker does not answer, as when Redis may throw jobs away, is none to wait for. */
function heardOnlyWhen(isAnswering: () => boolean, jobs: JobQueue): JobQueue {
  return {
    ...jobs,
    async ringAll(rung) {
      if (!isAnswering())
        throw new MaildeskError('queue.unavailable', 'this worker does not answer the queue yet')
      await jobs.ringAll(rung)
    },
  }
}

function watched(handlers: JobHandlers, onHandled: () => void): JobHandlers {
  const watch = (handle: (id: string) => Promise<void>) => async (id: string) => {
    onHandled()
    await handle(id)
  }
  return {
    'file-email': watch(handlers['file-email']),
    'send-email': watch(handlers['send-email']),
    'copy-sent': watch(handlers['copy-sent']),
  }
}
