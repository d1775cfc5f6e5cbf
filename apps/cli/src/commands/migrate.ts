import { connectDatabase, migrateDatabase, migrationStatus } from '@maildesk/db'
import { migrateQueue } from '@maildesk/queue'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { exitFailure } from '../exit-codes.ts'
import { printJson, printLine } from '../print.ts'
import { loadCommandConfig } from '../with-desk.ts'

export function migrateCommand(env: Environment): Command {
  return new Command('migrate')
    .option('--status', 'only tell what ran and what waits; exit 1 when something waits')
    .option('--json', 'print one JSON document')
    .action(async (options: { status?: true; json?: true }) => {
      const config = await loadCommandConfig(env)
      const db = connectDatabase(config.databaseUrl, { poolMax: 2, statementTimeoutMs: 0 })
      try {
        if (options.status) {
          const status = await migrationStatus(db)
          if (options.json) printJson(status)
          else
            for (const line of [
              ...status.done.map((name) => `done     ${name}`),
              ...status.pending.map((name) => `pending  ${name}`),
            ])
              printLine(line)
          if (status.pending.length > 0) process.exitCode = exitFailure
          return
        }
        const ran = await migrateDatabase(db)
        await migrateQueue(config.databaseUrl)
        if (options.json) printJson({ ran })
        else
          printLine(
            ran.length > 0
              ? `ran ${ran.length} migrations:\n  ${ran.join('\n  ')}`
              : 'the schema is up to date',
          )
      } finally {
        await db.destroy()
      }
    })
}
