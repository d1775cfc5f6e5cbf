import { clockSkewMs, MaildeskError } from '@maildesk/core'
import { listMailboxes, migrationStatus, readClocks } from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command } from 'commander'
import { checkMailbox } from '../check-mailbox.ts'
import { type Check, printChecks, runCheck } from '../checks.ts'
import { withDesk } from '../with-desk.ts'

export function doctorCommand(env: Environment): Command {
  return new Command('doctor')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      printChecks(await withDesk(env, examine), options.json === true)
    })
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
