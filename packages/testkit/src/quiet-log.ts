import type { Log } from '@maildesk/core'

/** A log for tests that shows only what should never happen. */
export const quietLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, message) => console.error(message, fields),
}
