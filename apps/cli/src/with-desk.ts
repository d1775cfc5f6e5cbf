// What commands that read and write the desk need: its settings and parts, closed again when they are done.
import { MaildeskError } from '@maildesk/core'
import { type Environment, loadConfig, openLogger, requireProduction } from '@maildesk/runtime'
import { type Desk, type DeskConfig, openDesk } from '@maildesk/wiring'
import { findRunning, readSecretKey } from './sandbox-files.ts'

/**
 * The settings of a command: those of the environment, or those of the desk that runs on the data directory.
 * @throws MaildeskError config.invalid when there is neither.
 */
export async function loadCommandConfig(env: Environment): Promise<DeskConfig> {
  const config = loadConfig(env)
  if (config.databaseUrl) return { ...config, ...requireProduction(config) }
  const running = await findRunning(config.dataDir)
  if (!running) {
    throw new MaildeskError(
      'config.invalid',
      `DATABASE_URL is not set, and no maildesk is running on ${config.dataDir}; start one with: npm start`,
    )
  }
  const key = await readSecretKey(config.dataDir)
  return {
    ...config,
    databaseUrl: running.databaseUrl,
    secretKeys: config.secretKeys.length > 0 ? config.secretKeys : key ? [key] : [],
  }
}

/** Opens the desk for one command and closes it whatever happens. */
export async function withDesk<Result>(
  env: Environment,
  work: (desk: Desk) => Promise<Result>,
): Promise<Result> {
  const config = await loadCommandConfig(env)
  const level = env.LOG_LEVEL ? config.logLevel : 'warn'
  const desk = await openDesk(
    config,
    openLogger({ level, format: config.logFormat ?? 'pretty', role: 'cli' }),
  )
  try {
    return await work(desk)
  } finally {
    await desk.lifecycle.stop()
  }
}
