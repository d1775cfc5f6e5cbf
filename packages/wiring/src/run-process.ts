// What every main.ts does: read the settings, open the log, run, stop on a signal; tell a bad start in one message.
import { errorText } from '@maildesk/core'
import { type Environment, stopOnSignals } from '@maildesk/runtime'
import { type Desk, loadDeskConfig, openDesk, openDeskLogger } from './open-desk.ts'

/** sysexits.h EX_CONFIG: something in the configuration is wrong. */
export const exitBadConfig = 78

/** Runs one role as a process of its own. `start` adds what it starts to the desk's lifecycle. */
export async function runProcess(
  role: string,
  env: Environment,
  start: (desk: Desk) => Promise<void>,
): Promise<void> {
  try {
    const config = loadDeskConfig(env)
    const log = openDeskLogger(config, role)
    const desk = await openDesk(config, log)
    stopOnSignals(desk.lifecycle, log)
    await start(desk)
    log.info({}, 'ready')
  } catch (error) {
    process.stderr.write(`maildesk ${role}: ${errorText(error)}\n`)
    process.exit(exitBadConfig)
  }
}
