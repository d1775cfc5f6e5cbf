import { type Environment, loadConfig, showConfiguration } from '@maildesk/runtime'
import { Command } from 'commander'
import { printJson, printTable } from '../print.ts'

export function configCommand(env: Environment): Command {
  return new Command('config')
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) => {
      const shown = showConfiguration(env)
      if (options.json) printJson(shown)
      else {
        printTable(
          ['SETTING', 'FROM', 'VALUE'],
          shown.map(({ name, value, isDefault }) => [name, isDefault ? 'default' : 'set', value]),
        )
      }
      loadConfig(env)
    })
}
