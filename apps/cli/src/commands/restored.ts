import { recordRestore } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import { Command, InvalidArgumentError } from 'commander'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

/** Far more than a desk makes between two backups; numbers cost nothing. */
const defaultSkipped = 10_000
const maxSkipped = 1_000_000_000

interface RestoredOptions {
  workedUntil?: Date
  skipNumbers: number
  json?: true
}

export function restoredCommand(env: Environment): Command {
  return new Command('restored')
    .option(
      '--worked-until <time>',
      'when the lost desk stopped, such as 2026-11-23T08:30:00Z; now unless told',
      parseTime,
    )
    .option(
      '--skip-numbers <n>',
      'ticket numbers to leave out: more than the lost desk gave away since the backup',
      parseCount,
      defaultSkipped,
    )
    .option('--json', 'print one JSON document')
    .action(async (options: RestoredOptions) => {
      const found = await withDesk(env, ({ deps }) =>
        recordRestore(deps, {
          workedUntil: options.workedUntil ?? deps.clock.now(),
          skipNumbers: options.skipNumbers,
        }),
      )
      if (options.json) printJson(found)
      else {
        printLine(`mail that came until ${found.workedUntil.toISOString()} gets no automatic answer`)
        printLine(`the next ticket has a number above ${found.lastSkippedNumber}`)
        printLine(
          `${found.maybeSent} outgoing mails may have left since the backup and are not sent by themselves`,
        )
      }
    })
}

function parseTime(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('a time is wanted, such as 2026-11-23T08:30:00Z')
  return time
}

function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0 || count > maxSkipped)
    throw new InvalidArgumentError(`a whole number from 0 to ${maxSkipped} is wanted`)
  return count
}
