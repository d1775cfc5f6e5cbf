import { clockSkewMs, MaildeskError } from '@maildesk/core'
import { listMailboxes, migrationStatus, readClocks } from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command } from 'commander'
import { checkMailbox } from '../check-mailbox.ts'
import { type Check, printChecks, runCheck } from '../checks.ts'
import { deepCheck } from '../deep-check/deep-check.ts'
import { printDeepCheck } from '../deep-check/print-deep-check.ts'
import { withDesk } from '../with-desk.ts'

interface DoctorOptions {
  deep?: true
  repair?: true
  json?: true
}

export function doctorCommand(env: Environment): Command {
  return new Command('doctor')
    .option(
      '--deep',
      'compare ledgers, storage and folders with each other, every byte of it; exit 2 when something could not be checked',
    )
    .option('--repair', 'with --deep: bring lost or damaged bytes back from IMAP where they still lie')
    .option('--json', 'print one JSON document')
    .action(async (options: DoctorOptions) => {
      const asJson = options.json === true
      if (options.repair && !options.deep)
        throw new MaildeskError('request.invalid', '--repair goes with --deep')
      if (options.deep) {
        const found = await withDesk(env, async (desk) => ({
          checks: await examine(desk),
          deep: await deepCheck(desk, { repair: options.repair === true, onProgress: progressTeller() }),
        }))
        printDeepCheck(found.checks, found.deep, asJson)
      } else printChecks(await withDesk(env, examine), asJson)
    })
}

/** At most so often, milliseconds. */
const progressEveryMs = 1000

function progressTeller(): (text: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (text) => {
    if (performance.now() - toldAt < progressEveryMs) return
    toldAt = performance.now()
    process.stderr.write(`${text}\n`)
  }
}

async function examine(desk: Desk): Promise<Check[]> {
  const { deps, queue, config } = desk
  const database = await runCheck('database', async () => {
    const { rows } = await deps.db.raw("SELECT current_setting('server_version') AS version")
    return `PostgreSQL ${rows[0].version}`
  })
  const checks = [
    database,
    await runCheck('schema', async () => {
      const { done, pending } = await migrationStatus(deps.db)
      if (pending.length > 0)
        throw new MaildeskError('config.invalid', `${pending.length} migrations wait; next: maildesk migrate`)
      return `${done.length} migrations`
    }),
    await runCheck('clock', async () => {
      const skewMs = Math.round(Math.abs(clockSkewMs(await readClocks(deps.db, deps.clock))))
      if (skewMs > config.maxClockSkewMs)
        throw new MaildeskError(
          'config.invalid',
          `${skewMs} ms apart from the database’s clock, ${config.maxClockSkewMs} at most`,
        )
      return `${skewMs} ms apart from the database’s`
    }),
    await runCheck('queue', async () => {
      await queue.probe()
      return queue.kind
    }),
    await runCheck('storage', async () => {
      await deps.blobs.probe()
      return 'written, synced and read back'
    }),
  ]
  const mailboxes = database.ok ? await listMailboxes(deps.db) : []
  for (const mailbox of mailboxes.filter(({ is_active }) => is_active))
    checks.push(...(await checkMailbox(desk, mailbox)))
  return checks
}
