// The `maildesk` command: every command on one screen. A command's code is loaded when it is called: together they
// would need everything maildesk has, and start slowly.
import { Command, CommanderError } from 'commander'
import { exitCodes, exitWrongUse } from './exit-codes.ts'
import { tellAndExit } from './tell-error.ts'

interface Entry {
  readonly does: string
  readonly load: () => Promise<Command>
}

const { env } = process

const commands: Readonly<Record<string, Entry>> = {
  start: {
    does: 'Run poller, workers and API in one process; without DATABASE_URL on an embedded PostgreSQL in the data directory.',
    load: async () => (await import('./commands/start.ts')).startCommand(env),
  },
  migrate: {
    does: 'Bring the database and the queue’s tables to the present schema; safe to run twice, and from many hosts at once.',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand(env),
  },
  config: {
    does: 'Show every setting and where it comes from; secrets are not shown. Fails with all problems when there are any.',
    load: async () => (await import('./commands/config.ts')).configCommand(env),
  },
  doctor: {
    does: 'Check database, schema, queue, storage, clock and every mailbox; with --deep every mail, blob and folder. Exit 1 on a failure.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand(env),
  },
  restored: {
    does: 'After a restore and before the start: what the lost desk may have sent or answered since the backup is not sent again.',
    load: async () => (await import('./commands/restored.ts')).restoredCommand(env),
  },
  mailbox: {
    does: 'Addresses we read and answer from.',
    load: async () => (await import('./commands/mailbox.ts')).mailboxCommand(env),
  },
  user: {
    does: 'People of the desk.',
    load: async () => (await import('./commands/user.ts')).userCommand(env),
  },
  token: {
    does: 'API tokens.',
    load: async () => (await import('./commands/token.ts')).tokenCommand(env),
  },
  ingest: {
    does: 'Take mail from files, folders, an mbox or standard input, as from a pipe of an MTA. Durable before exit 0.',
    load: async () => (await import('./commands/ingest.ts')).ingestCommand(env),
  },
  explain: {
    does: 'Dry run without database and network: what maildesk understands of a mail. One JSON object per mail.',
    load: async () => (await import('./commands/explain.ts')).explainCommand(env),
  },
  inbound: {
    does: 'The ledger of mail that came in.',
    load: async () => (await import('./commands/inbound.ts')).inboundCommand(env),
  },
  rule: {
    does: 'Mail rules of the desk: what is held, tagged, assigned or closed by itself.',
    load: async () => (await import('./commands/rule.ts')).ruleCommand(env),
  },
  block: {
    does: 'Senders whose mail is held.',
    load: async () => (await import('./commands/block.ts')).blockCommand(env),
  },
  outbound: {
    does: 'The ledger of outgoing mail.',
    load: async () => (await import('./commands/outbound.ts')).outboundCommand(env),
  },
  suppression: {
    does: 'Addresses that get no mail, because it bounced or somebody complained or said so.',
    load: async () => (await import('./commands/suppression.ts')).suppressionCommand(env),
  },
}

try {
  await (await buildProgram(process.argv.slice(2))).parseAsync()
} catch (error) {
  // Commander has told it already: help that was asked for, or what is wrong with the command line.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitWrongUse
  else tellAndExit(error)
}

/** The program with the command that is called; of the others only what they do. */
async function buildProgram(args: readonly string[]): Promise<Command> {
  const called = args.filter((arg) => arg in commands)
  const program = new Command('maildesk')
    .description('A self-hosted, email-first support desk.')
    .addHelpText('after', exitCodes)
    .showSuggestionAfterError()
  for (const [name, { does, load }] of Object.entries(commands)) {
    const command = called.includes(name) ? await load() : new Command(name)
    program.addCommand(command.description(does))
  }
  throwInsteadOfExit(program)
  return program
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride()
  command.commands.forEach(throwInsteadOfExit)
}
