// The `maildesk` command: every command on one screen.
import { Command, CommanderError } from 'commander'
import { configCommand } from './commands/config.ts'
import { doctorCommand } from './commands/doctor.ts'
import { explainCommand } from './commands/explain.ts'
import { inboundCommand } from './commands/inbound.ts'
import { ingestCommand } from './commands/ingest.ts'
import { mailboxCommand } from './commands/mailbox.ts'
import { migrateCommand } from './commands/migrate.ts'
import { outboundCommand } from './commands/outbound.ts'
import { startCommand } from './commands/start.ts'
import { tokenCommand } from './commands/token.ts'
import { userCommand } from './commands/user.ts'
import { exitCodes, exitWrongUse } from './exit-codes.ts'
import { tellAndExit } from './tell-error.ts'

const { env } = process
const program = new Command('maildesk')
  .description('A self-hosted, email-first support desk.')
  .addHelpText('after', exitCodes)
  .showSuggestionAfterError()
  .addCommand(startCommand(env))
  .addCommand(migrateCommand(env))
  .addCommand(configCommand(env))
  .addCommand(doctorCommand(env))
  .addCommand(mailboxCommand(env))
  .addCommand(userCommand(env))
  .addCommand(tokenCommand(env))
  .addCommand(ingestCommand(env))
  .addCommand(explainCommand(env))
  .addCommand(inboundCommand(env))
  .addCommand(outboundCommand(env))

throwInsteadOfExit(program)
try {
  await program.parseAsync()
} catch (error) {
  // Commander has told it already: help that was asked for, or what is wrong with the command line.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitWrongUse
  else tellAndExit(error)
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride()
  command.commands.forEach(throwInsteadOfExit)
}
