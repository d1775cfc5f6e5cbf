// The log: pino, with everything secret taken out before it is written.
import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type { Logger }

/** Field names that never reach a log line, at the top and three levels down (an error's fields and what they hold). */
const secretFields = [
  'password',
  'pass',
  'secret',
  'token',
  'authorization',
  'cookie',
  'secretKeys',
  'tokenKeys',
  'imap_secret',
  'smtp_secret',
  'databaseUrl',
  'redisUrl',
]

export interface LoggerOptions {
  readonly level: string
  readonly format: 'pretty' | 'json'
  /** Which process this is: `api`, `worker` … */
  readonly role: string
}

/** Opens the log on standard error, so that standard output stays free for what commands print. */
export function openLogger({ level, format, role }: LoggerOptions): Logger {
  const stream =
    format === 'pretty'
      ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname,role', singleLine: true })
      : destination({ dest: 2, sync: true })
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      redact: {
        paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
        censor: '(redacted)',
      },
      serializers: { err: pino.stdSerializers.err },
    },
    stream,
  )
}
