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
import { unseal } from '@maildesk/runtime'
import { type Desk, imapLimits, mailboxTokens, parseLimits } from '@maildesk/wiring'
import { answerQueue } from './answer-queue.ts'
import { jobHandlers } from './handlers.ts'
import { startSweeper } from './sweeper.ts'

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
  const watchedHandlers = watched(handlers, () => {
    handledAt = performance.now()
  })
  const answering = answerQueue(desk, watchedHandlers)
  const jobs = heardOnlyWhen(answering.isAnswering, deps.jobs)
  const sweeper = startSweeper({ ...deps, jobs }, handlers, config.sweepIntervalMs, () => handledAt)
  lifecycle.add('sweeper', () => sweeper.stop())
  lifecycle.add('queue workers', () => answering.stop())
}

/** A queue that this worker does not answer, as when Redis may throw jobs away, is none to wait for. */
function heardOnlyWhen(isAnswering: () => boolean, jobs: JobQueue): JobQueue {
  const ask = <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    if (!isAnswering())
      throw new MaildeskError('queue.unavailable', 'this worker does not answer the queue yet')
    return question()
  }
  return {
    ...jobs,
    ringAll: async (rung) => ask(() => jobs.ringAll(rung)),
    countWaiting: async (name) => ask(() => jobs.countWaiting(name)),
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
