// Environment → Config, or one error that lists everything that is wrong with it.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MaildeskError } from '@maildesk/core'
import { configurationVariables, type VariableName } from './variables.ts'

export interface Config {
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
  readonly storageUrl: string
  /** Absolute. */
  readonly dataDir: string
  /** Empty when none is configured. The first seals and signs; all open and verify. */
  readonly secretKeys: readonly string[]
  readonly sandbox: boolean
  readonly publicUrl: string | undefined
  readonly host: string
  readonly port: number
  /** True when PORT was set, so that a taken port is an error and not a reason to take another. */
  readonly portIsExplicit: boolean
  readonly trustProxy: boolean
  readonly rateLimitPerMinute: number
  readonly logLevel: string
  readonly logFormat: 'pretty' | 'json' | undefined
  readonly dbPool: number
  readonly fileConcurrency: number
  readonly sendConcurrency: number
  readonly queueLockMs: number
  readonly maxClockSkewMs: number
  readonly sweepIntervalMs: number
  readonly pollIntervalMs: number
  readonly reconcileIntervalMs: number
  readonly maxMailBytes: number
  readonly maxAttachmentBytes: number
  readonly attachmentTypes: readonly string[]
  readonly parseTimeoutMs: number
  readonly parseMemoryMb: number
  readonly parseCpuMs: number
  readonly parseDepth: number
  readonly parseParts: number
  readonly parseAttachments: number
  readonly parsePartHeaderBytes: number
  readonly parseHeaderBytes: number
  readonly parseBodyLength: number
  readonly parseAddresses: number
  readonly parseReferences: number
  readonly imapTimeoutMs: number
  readonly maxFileAttempts: number
  readonly leaseMs: number
  readonly floodTicketsPerHour: number
  readonly parentWaitMs: number
  readonly reopenDays: number
  readonly smtpTimeoutMs: number
  readonly sendGiveUpMs: number
  readonly uncertainWaitMs: number
  readonly maxUncertainResends: number
  readonly uncertainReplies: 'resend' | 'ask'
  readonly autoAnswersPer10Minutes: number
  readonly autoAnswersPerDay: number
  readonly autoTicketLadder: readonly { readonly max: number; readonly minutes: number }[]
  readonly autoSameWordsPerHour: number
  readonly autoPerDomainPerHour: number
  readonly autoPerHour: number
  readonly autoUnprovenPerHour: number
  readonly autoNotificationsPerHour: number
  readonly autoMaxMailAgeMs: number
  readonly suppressHardDays: number
  readonly suppressHardLimit: number
  readonly suppressHardWindowDays: number
  readonly suppressSoftLimit: number
  readonly suppressSoftFadeDays: number
  readonly suppressSoftDays: number
  /** Absolute; for fault tests only. */
  readonly failpointsDir: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

const minSecretKeyLength = 32

/**
 * Reads and checks every variable. Pure: the environment is passed in.
 * @throws MaildeskError config.invalid with `fields.problems`, one sentence each, all of them.
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = []
  const names = Object.keys(configurationVariables) as VariableName[]
  for (const name of Object.keys(env).sort()) {
    if (name.startsWith('MAILDESK_') && !(name in configurationVariables)) {
      problems.push(`${name} is not a setting of maildesk${suggestion(name, names)}`)
    }
  }

  const text = (name: VariableName): string | undefined => {
    const value = (env[name] ?? '').trim() || configurationVariables[name].default
    if (value === undefined) return undefined
    const problem = problemOf(name, value)
    if (problem) problems.push(problem)
    return problem ? configurationVariables[name].default : value
  }
  const number = (name: VariableName): number => Number(text(name))
  const list = (name: VariableName): readonly string[] =>
    Object.freeze(
      (text(name) ?? '')
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )

  const ladder = (name: VariableName) =>
    list(name).map((rung) => {
      const [max, minutes] = rung.split('/').map(Number)
      return { max: max ?? 0, minutes: minutes ?? 0 }
    })

  const dataDir = resolve(text('MAILDESK_DATA_DIR') ?? './data')
  const failpoints = text('MAILDESK_FAILPOINTS')
  const secretKeys = list('MAILDESK_SECRET_KEY')
  for (const [index, key] of secretKeys.entries()) {
    if (key.length < minSecretKeyLength) {
      problems.push(
        `MAILDESK_SECRET_KEY: key ${index + 1} has ${key.length} characters, at least ${minSecretKeyLength} are needed`,
      )
    }
  }

  const config: Config = {
    databaseUrl: text('DATABASE_URL'),
    redisUrl: text('REDIS_URL'),
    storageUrl: text('STORAGE_URL') ?? `${pathToFileURL(dataDir).href}/storage`,
    dataDir,
    secretKeys,
    sandbox: text('MAILDESK_SANDBOX') === 'true',
    publicUrl: text('PUBLIC_URL'),
    host: text('HOST') ?? '127.0.0.1',
    port: number('PORT'),
    portIsExplicit: Boolean(env.PORT?.trim()),
    trustProxy: text('MAILDESK_TRUST_PROXY') === 'true',
    rateLimitPerMinute: number('MAILDESK_RATE_LIMIT'),
    logLevel: text('LOG_LEVEL') ?? 'info',
    logFormat: text('LOG_FORMAT') as Config['logFormat'],
    dbPool: number('MAILDESK_DB_POOL'),
    fileConcurrency: number('MAILDESK_FILE_CONCURRENCY'),
    sendConcurrency: number('MAILDESK_SEND_CONCURRENCY'),
    queueLockMs: number('MAILDESK_QUEUE_LOCK_MS'),
    maxClockSkewMs: number('MAILDESK_MAX_CLOCK_SKEW_MS'),
    sweepIntervalMs: number('MAILDESK_SWEEP_INTERVAL_MS'),
    pollIntervalMs: number('MAILDESK_POLL_INTERVAL_MS'),
    reconcileIntervalMs: number('MAILDESK_RECONCILE_INTERVAL_MS'),
    maxMailBytes: number('MAILDESK_MAX_MAIL_BYTES'),
    maxAttachmentBytes: number('MAILDESK_MAX_ATTACHMENT_BYTES'),
    attachmentTypes: Object.freeze(list('MAILDESK_ATTACHMENT_TYPES').map((type) => type.toLowerCase())),
    parseTimeoutMs: number('MAILDESK_PARSE_TIMEOUT_MS'),
    parseMemoryMb: number('MAILDESK_PARSE_MEMORY_MB'),
    parseCpuMs: number('MAILDESK_PARSE_CPU_MS'),
    parseDepth: number('MAILDESK_PARSE_DEPTH'),
    parseParts: number('MAILDESK_PARSE_PARTS'),
    parseAttachments: number('MAILDESK_PARSE_ATTACHMENTS'),
    parsePartHeaderBytes: number('MAILDESK_PARSE_PART_HEADER_BYTES'),
    parseHeaderBytes: number('MAILDESK_PARSE_HEADER_BYTES'),
    parseBodyLength: number('MAILDESK_PARSE_BODY_LENGTH'),
    parseAddresses: number('MAILDESK_PARSE_ADDRESSES'),
    parseReferences: number('MAILDESK_PARSE_REFERENCES'),
    imapTimeoutMs: number('MAILDESK_IMAP_TIMEOUT_MS'),
    maxFileAttempts: number('MAILDESK_MAX_FILE_ATTEMPTS'),
    leaseMs: number('MAILDESK_LEASE_MS'),
    floodTicketsPerHour: number('MAILDESK_FLOOD_TICKETS_HOUR'),
    parentWaitMs: number('MAILDESK_PARENT_WAIT_MS'),
    reopenDays: number('MAILDESK_REOPEN_DAYS'),
    smtpTimeoutMs: number('MAILDESK_SMTP_TIMEOUT_MS'),
    sendGiveUpMs: number('MAILDESK_SEND_GIVE_UP_MS'),
    uncertainWaitMs: number('MAILDESK_UNCERTAIN_WAIT_MS'),
    maxUncertainResends: number('MAILDESK_UNCERTAIN_RESENDS'),
    uncertainReplies: text('MAILDESK_UNCERTAIN_REPLIES') === 'ask' ? 'ask' : 'resend',
    autoAnswersPer10Minutes: number('MAILDESK_AUTO_ANSWERS_10_MIN'),
    autoAnswersPerDay: number('MAILDESK_AUTO_ANSWERS_DAY'),
    autoTicketLadder: Object.freeze(ladder('MAILDESK_AUTO_TICKET_LADDER')),
    autoSameWordsPerHour: number('MAILDESK_AUTO_SAME_WORDS_HOUR'),
    autoPerDomainPerHour: number('MAILDESK_AUTO_DOMAIN_HOUR'),
    autoPerHour: number('MAILDESK_AUTO_HOUR'),
    autoUnprovenPerHour: number('MAILDESK_AUTO_UNPROVEN_HOUR'),
    autoNotificationsPerHour: number('MAILDESK_AUTO_NOTIFICATIONS_HOUR'),
    autoMaxMailAgeMs: number('MAILDESK_AUTO_MAX_AGE_MS'),
    suppressHardDays: number('MAILDESK_SUPPRESS_HARD_DAYS'),
    suppressHardLimit: number('MAILDESK_SUPPRESS_HARD_LIMIT'),
    suppressHardWindowDays: number('MAILDESK_SUPPRESS_HARD_WINDOW_DAYS'),
    suppressSoftLimit: number('MAILDESK_SUPPRESS_SOFT_LIMIT'),
    suppressSoftFadeDays: number('MAILDESK_SUPPRESS_SOFT_FADE_DAYS'),
    suppressSoftDays: number('MAILDESK_SUPPRESS_SOFT_DAYS'),
    failpointsDir: failpoints === undefined ? undefined : resolve(failpoints),
  }
  if (config.sandbox && config.databaseUrl) {
    problems.push(
      'MAILDESK_SANDBOX and DATABASE_URL are both set: the sandbox refuses to run beside a real database; unset one of them',
    )
  }
  if (problems.length > 0) {
    const message = `the configuration has ${problems.length} problem${problems.length > 1 ? 's' : ''}:\n${problems.map((line) => `  - ${line}`).join('\n')}`
    throw new MaildeskError('config.invalid', message, { problems })
  }
  return Object.freeze(config)
}

/**
 * The database and keys of a process that is not a sandbox.
 * @throws MaildeskError config.invalid naming what is not set.
 */
export function requireProduction(config: Config): { databaseUrl: string; secretKeys: readonly string[] } {
  const problems: string[] = []
  if (!config.databaseUrl)
    problems.push('DATABASE_URL is not set (`npm start` alone runs with an embedded database)')
  if (config.secretKeys.length === 0)
    problems.push('MAILDESK_SECRET_KEY is not set; make one with: openssl rand -hex 32')
  if (!config.databaseUrl || problems.length > 0) {
    throw new MaildeskError(
      'config.invalid',
      `the configuration is not complete:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
      { problems },
    )
  }
  return { databaseUrl: config.databaseUrl, secretKeys: config.secretKeys }
}

function problemOf(name: VariableName, value: string): string | undefined {
  const { kind, secret } = configurationVariables[name]
  const shown = secret ? 'the value' : JSON.stringify(value)
  switch (kind.type) {
    case 'text':
    case 'list':
      return undefined
    case 'ladder':
      return value.split(',').every((rung) => /^\s*\d{1,6}\/[1-9]\d{0,5}\s*$/.test(rung))
        ? undefined
        : `${name}: ${shown} is not a list such as 10/10,15/30 (mails/minutes)`
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : `${name}: ${shown} is neither true nor false`
    case 'choice':
      return kind.choices.includes(value)
        ? undefined
        : `${name}: ${shown} is not one of ${kind.choices.join(', ')}`
    case 'integer': {
      const number = Number(value)
      const fits = /^\d+$/.test(value) && number >= kind.min && number <= kind.max
      return fits ? undefined : `${name}: ${shown} is not a whole number from ${kind.min} to ${kind.max}`
    }
    case 'url': {
      const protocol = URL.canParse(value) ? new URL(value).protocol : undefined
      return protocol && kind.schemes.includes(protocol)
        ? undefined
        : `${name}: ${shown} is not a URL of ${kind.schemes.join(' or ')}`
    }
  }
}

function suggestion(name: string, names: readonly string[]): string {
  const close = names.find((known) => known.startsWith('MAILDESK_') && distance(known, name) <= 3)
  return close ? `; did you mean ${close}?` : ''
}

/** Levenshtein distance; both words are short. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, left] of [...a].entries()) {
    const row = [i + 1]
    for (const [j, right] of [...b].entries()) {
      row.push(
        Math.min(
          (previous[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (previous[j] ?? 0) + (left === right ? 0 : 1),
        ),
      )
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
