import type { Environment } from '@maildesk/runtime'
import { Command, InvalidArgumentError } from 'commander'
import { type Role, roles } from '../roles.ts'

export function startCommand(env: Environment): Command {
  return new Command('start')
    .option('--roles <roles>', `some of ${roles.join(',')}`, parseRoles, [...roles])
    .option(
      '--sandbox',
      'with a sandbox mail server and sample mails, to try maildesk (what `npm start` does)',
    )
    .action(async (options: { roles: Role[]; sandbox?: true }) => {
      // Loaded only now: the other commands need neither the API nor the workers, and start sooner without.
      const { runStart } = await import('../run-start.ts')
      await runStart(options.sandbox ? { ...env, MAILDESK_SANDBOX: 'true' } : env, options.roles)
    })
}

function parseRoles(text: string): Role[] {
  const asked = text.split(',').map((role) => role.trim())
  const unknown = asked.filter((role) => !(roles as readonly string[]).includes(role))
  if (unknown.length > 0)
    throw new InvalidArgumentError(`${unknown.join(', ')}: there are ${roles.join(', ')}`)
  return asked as Role[]
}
