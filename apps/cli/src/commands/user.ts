import {
  isUsableAddress,
  MaildeskError,
  notifyEvents,
  type UserId,
  type UserRole,
  userRoles,
  wants,
} from '@maildesk/core'
import {
  changeAgentNotify,
  findAgentSettings,
  findUserByEmail,
  insertUser,
  inTransaction,
} from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import { Command, Option } from 'commander'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'
import { userAddressCommand } from './user-address.ts'

interface AddOptions {
  role: UserRole
  firstName: string
  lastName: string
  json?: true
}

interface NotifyOptions {
  on?: string[]
  off?: string[]
  default?: string[]
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
  const notify = new Command('notify')
    .description('Show or change what an agent is told of by mail.')
    .argument('<email>', 'their address')
    .option('--on <event...>', `tell them of: ${notifyEvents.join(', ')}`)
    .option('--off <event...>', 'do not tell them of')
    .option('--default <event...>', 'as if they had said nothing')
    .option('--json', 'print one JSON document')
    .action(async (email: string, options: NotifyOptions) => {
      const changes = changesOf(options)
      const notify = await withDesk(env, async ({ deps }) => {
        const user = await findUserByEmail(deps.db, email)
        if (!user || user.role === 'customer')
          throw new MaildeskError('request.not-found', `nobody of the staff has the address ${email}`)
        const settings =
          Object.keys(changes).length > 0
            ? await inTransaction(deps.db, (tx) => changeAgentNotify(tx, user.id, changes))
            : await findAgentSettings(deps.db, user.id)
        return settings?.notify ?? {}
      })
      const events = notifyEvents.map((event) => ({
        event,
        wanted: wants({ notify }, event),
        is_default: !Object.hasOwn(notify, event),
      }))
      if (options.json) printJson({ email, events })
      else
        for (const { event, wanted, is_default } of events)
          printLine(`${event} ${wanted ? 'on' : 'off'}${is_default ? ' (default)' : ''}`)
    })
  return new Command('user').addCommand(add).addCommand(notify).addCommand(userAddressCommand(env))
}

/** @throws MaildeskError request.invalid for a word that is no event. */
function changesOf({
  on = [],
  off = [],
  default: unsaid = [],
}: NotifyOptions): Record<string, boolean | null> {
  const changes = [
    ...on.map((event) => [event, true] as const),
    ...off.map((event) => [event, false] as const),
    ...unsaid.map((event) => [event, null] as const),
  ]
  const unknown = changes
    .map(([event]) => event)
    .filter((event) => !notifyEvents.some((one) => one === event))
  if (unknown.length > 0)
    throw new MaildeskError(
      'request.invalid',
      `${unknown.join(', ')}: no such event; there are ${notifyEvents.join(', ')}`,
    )
  return Object.fromEntries(changes)
}
