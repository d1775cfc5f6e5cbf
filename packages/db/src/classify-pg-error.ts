// SQLSTATE and socket errors → MaildeskError. The whole policy of what may be tried again.
import { MaildeskError } from '@maildesk/core'

/** Class 08 connection, 57P shutdown, start-up and idle session, 25P03 idle transaction, 25006 a standby, 53 resources, 58030 its disk, and what Node says of a dead socket. */
const unavailable =
  /^(08...|57P0[1235]|25P03|25006|53...|58030|ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)$/
/** Serialization failure, deadlock, lock or statement timeout. */
const conflict = /^(40001|40P01|55P03|57014)$/
/** What node-postgres and knex say without a code. */
const unavailableText =
  /connection terminated|connection ended|not queryable|timeout acquiring a connection|timeout expired|unable to acquire a connection/i

/** Translates what knex or pg threw; what is not theirs comes back as it is. Pure. */
export function classifyPgError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MaildeskError) return error
  const { code, constraint, table } = error as Error & { code?: string; constraint?: string; table?: string }
  const wrap = (ours: 'db.unavailable' | 'db.conflict' | 'db.constraint') =>
    new MaildeskError(ours, error.message, { code, constraint, table }, { cause: error })
  if (code && conflict.test(code)) return wrap('db.conflict')
  if (code && unavailable.test(code)) return wrap('db.unavailable')
  if (code?.startsWith('23')) return wrap('db.constraint')
  if (!code && unavailableText.test(error.message)) return wrap('db.unavailable')
  return error
}
