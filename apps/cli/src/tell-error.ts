// An error at the top of a command: one message with the next step on stderr, and an exit code that means it.
import { errorTable, errorText, MaildeskError } from '@maildesk/core'
import { classifyPgError } from '@maildesk/db'
import { exitConfig, exitFailure, exitNoInput, exitTryAgain } from './exit-codes.ts'

const nextSteps: Readonly<Record<string, string>> = {
  'config.invalid': 'see docs/generated/configuration.md, or run: maildesk config',
  'db.unavailable': 'is PostgreSQL running, and DATABASE_URL right? Then: maildesk doctor',
  'queue.unavailable': 'is the queue server running? Then: maildesk doctor',
  'blob.unavailable': 'is STORAGE_URL writable? Then: maildesk doctor',
}

/** Writes the error and ends the process. */
export function tellAndExit(thrown: unknown): never {
  // A query outside a transaction throws in the database library's words.
  const error = classifyPgError(thrown)
  const next = error instanceof MaildeskError ? nextSteps[error.code] : undefined
  process.stderr.write(
    `maildesk: ${error instanceof MaildeskError ? error.message : errorText(error)}\n${next ? `next: ${next}\n` : ''}`,
  )
  process.exit(codeOf(error))
}

function codeOf(error: unknown): number {
  if (error instanceof MaildeskError) {
    if (error.code === 'config.invalid') return exitConfig
    if (errorTable[error.code].retry === 'later') return exitTryAgain
  }
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return exitNoInput
  return exitFailure
}
