import { isUsableAddress, MaildeskError, type UserId, type UserRole, userRoles } from '@maildesk/core'
import { findUserByEmail, insertUser, inTransaction } from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import { Command, Option } from 'commander'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

interface AddOptions {
  role: UserRole
  firstName: string
  lastName: string
  json?: true
}

export function userCommand(env: Environment): Command {
  const add = new Command('add')
    .description('Add a person: an agent (provider), an admin, or a customer.')
    .argument('<email>', 'their address')
    .addOption(new Option('--role <role>', 'what they may do').choices(userRoles).default('provider'))
    .option('--first-name <name>', 'first name', '')
    .option('--last-name <name>', 'last name', '')
    .option('--json', 'print one JSON document')
    .action(async (email: string, options: AddOptions) => {
      if (!isUsableAddress(email))
        throw new MaildeskError('request.invalid', `${email} is not a mail address`)
      const user = await withDesk(env, async ({ deps }) => {
        if (await findUserByEmail(deps.db, email))
          throw new MaildeskError('request.conflict', `there is a person with the address ${email} already`)
        const id = deps.ids.uuid() as UserId
        return inTransaction(deps.db, (tx) =>
          insertUser(tx, {
            id,
            email,
            first_name: options.firstName,
            last_name: options.lastName,
            role: options.role,
          }),
        )
      })
      if (options.json) printJson(user)
      else
        printLine(`added ${user.role} ${user.email} (${user.id}); next: maildesk token create ${user.email}`)
    })
  return new Command('user').addCommand(add)
}
