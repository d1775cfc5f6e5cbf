import { MaildeskError } from '@maildesk/core'
import { createApiToken, findUserByEmail, inTransaction, revokeApiToken } from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { parseId } from '../options.ts'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

const dayMs = 24 * 60 * 60 * 1000

export function tokenCommand(env: Environment): Command {
  const create = new Command('create')
    .description('Make an API token for a person; it is shown once and stored only as a hash.')
    .argument('<email>', 'whose token it is')
    .option('--name <name>', 'what it is for', 'command line')
    .option('--days <days>', 'days until it expires; 0 for never', '365')
    .option('--json', 'print one JSON document')
    .action(async (email: string, options: { name: string; days: string; json?: true }) => {
      const days = Number(options.days)
      if (!Number.isInteger(days) || days < 0)
        throw new MaildeskError('request.invalid', `--days ${options.days} is not a whole number`)
      const created = await withDesk(env, async ({ deps }) => {
        const user = await findUserByEmail(deps.db, email)
        if (!user)
          throw new MaildeskError(
            'request.not-found',
            `no person with the address ${email}; next: maildesk user add ${email}`,
          )
        const expiresAt = days === 0 ? null : new Date(deps.clock.now().getTime() + days * dayMs)
        return inTransaction(deps.db, (tx) =>
          createApiToken(tx, { id: deps.ids.uuid(), userId: user.id, name: options.name, expiresAt }),
        )
      })
      const { token, row } = created
      if (options.json) printJson({ id: row.id, token, name: row.name, expires_at: row.expires_at })
      else printLine(`${token}\n(token ${row.id}; it is not shown again)`)
    })
  const revoke = new Command('revoke')
    .description('End a token at once.')
    .argument('<id>', 'the token’s id, as printed when it was made', parseId)
    .action(async (id: string) => {
      const revoked = await withDesk(env, ({ deps }) =>
        inTransaction(deps.db, (tx) => revokeApiToken(tx, id)),
      )
      if (!revoked) throw new MaildeskError('request.not-found', `no token ${id}, or it was revoked before`)
      printLine(`revoked ${id}`)
    })
  return new Command('token').addCommand(create).addCommand(revoke)
}
