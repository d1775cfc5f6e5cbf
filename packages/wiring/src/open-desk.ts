// Config → the parts every process has: database, blobs, queue, log, in the order they are opened.

import { connectDatabase } from '@maildesk/db'
import { listenForFailpoints } from '@maildesk/failpoints'
import type { DeskDeps, DeskSettings } from '@maildesk/flows'
import { isSendable, quoteHtml } from '@maildesk/mail'
import { type OpenedQueue, openJobQueue } from '@maildesk/queue'
import {
  type Config,
  createIdSource,
  type Environment,
  Lifecycle,
  type Logger,
  loadConfig,
  openLogger,
  requireProduction,
  systemClock,
} from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'

const dayMs = 24 * 60 * 60 * 1000

/** What a process is started with: its settings, completed by the sandbox or by the environment. */
export interface DeskConfig extends Config {
  readonly databaseUrl: string
}

export interface Desk {
  readonly config: DeskConfig
  readonly log: Logger
  readonly deps: DeskDeps
  readonly queue: OpenedQueue
  /** Stops what was opened, newest first. */
  readonly lifecycle: Lifecycle
}

/** Reads the environment of a process that is not a sandbox. @throws MaildeskError config.invalid with all problems. */
export function loadDeskConfig(env: Environment): DeskConfig {
  const config = loadConfig(env)
  return { ...config, ...requireProduction(config) }
}

/** Opens the parts. Connections are made when first needed, so a server that is away stops nothing here. */
export async function openDesk(config: DeskConfig, log: Logger): Promise<Desk> {
  if (config.failpointsDir !== undefined) {
    listenForFailpoints(config.failpointsDir)
    log.warn({ folder: config.failpointsDir }, 'failpoints can be armed: this is a fault test')
  }
  const lifecycle = new Lifecycle(log)
  const blobs = await openBlobStore(config.storageUrl)
  const db = connectDatabase(config.databaseUrl, { poolMax: config.dbPool })
  lifecycle.add('database', () => db.destroy())
  const queue = openJobQueue({ redisUrl: config.redisUrl, databaseUrl: config.databaseUrl })
  lifecycle.add('queue', () => queue.close())
  const deps: DeskDeps = {
    db,
    blobs,
    jobs: queue,
    clock: systemClock,
    ids: createIdSource(),
    log,
    settings: deskSettings(config),
    quoteHtml,
    isSendable,
  }
  return { config, log, deps, queue, lifecycle }
}

/** The log of a process: pretty on a terminal, JSON otherwise. */
export function openDeskLogger(config: Pick<Config, 'logLevel' | 'logFormat'>, role: string): Logger {
  return openLogger({
    level: config.logLevel,
    format: config.logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json'),
    role,
  })
}

/** The slice of the settings that flows read. */
export function deskSettings(config: Config): DeskSettings {
  return {
    tokenKeys: config.secretKeys,
    publicUrl: (config.publicUrl ?? `http://${config.host}:${config.port}`).replace(/\/$/, ''),
    maxMailBytes: config.maxMailBytes,
    maxAttachmentBytes: config.maxAttachmentBytes,
    attachmentTypes: config.attachmentTypes,
    maxFileAttempts: config.maxFileAttempts,
    leaseMs: config.leaseMs,
    sendGiveUpMs: config.sendGiveUpMs,
    uncertainWaitMs: config.uncertainWaitMs,
    maxUncertainResends: config.maxUncertainResends,
    uncertainReplies: config.uncertainReplies,
    parentWaitMs: config.parentWaitMs,
    reopenDays: config.reopenDays,
    floodTicketsPerHour: config.floodTicketsPerHour,
    suppression: {
      hardMs: config.suppressHardDays * dayMs,
      hardLimit: config.suppressHardLimit,
      hardWindowMs: config.suppressHardWindowDays * dayMs,
      softLimit: config.suppressSoftLimit,
      softFadeMs: config.suppressSoftFadeDays * dayMs,
      softMs: config.suppressSoftDays * dayMs,
    },
    automaticCaps: {
      perRecipientPer10Minutes: config.autoAnswersPer10Minutes,
      perRecipientPerDay: config.autoAnswersPerDay,
      perTicket: config.autoTicketLadder,
      sameWordsPerHour: config.autoSameWordsPerHour,
      perDomainPerHour: config.autoPerDomainPerHour,
      perHour: config.autoPerHour,
      unprovenPerHour: config.autoUnprovenPerHour,
      notificationsPerHour: config.autoNotificationsPerHour,
      maxMailAgeMs: config.autoMaxMailAgeMs,
    },
  }
}
