/* A real Postfix for tests: takes mail by SMTP and hands it to Dovecot or to the SMTP sink. */

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { firstLine } from './first-line.ts'
import { type HostedServer, hostServer } from './host-server.ts'
import { mainCf, masterCf, type PostfixRelay, postfixPaths, QUEUE_FOLDERS } from './postfix-config.ts'
import { requireProgram } from './require-program.ts'

const PACKAGES = ['postfix']
const DEFAULT_MAX_MESSAGE_BYTES = 52_428_800

export interface PostfixOptions {
  /** Where all mail for the domains goes. */
  readonly relayTo: PostfixRelay
  /** Mail for other domains is refused with 554. */
  readonly domains: readonly string[]
  /** Biggest mail in bytes; 50 MiB unless told. */
  readonly maxMessageBytes?: number
}

export interface PostfixServer extends HostedServer {
  readonly smtpPort: number
}

/**
 * Starts Postfix on a free port of 127.0.0.1 with configuration, queue and log of its own.
 *
 * @throws Error with the install line when Postfix is missing, when not run as root, or its log when it does not start.
 */
export async function startPostfix({
  relayTo,
  domains,
  maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
}: PostfixOptions): Promise<PostfixServer> {
  const postconf = requireProgram('postconf', PACKAGES)
  requireRoot()
  const smtpPort = await freePort()
  const server = await hostServer({
    name: 'postfix',
    async prepare(directory) {
      const paths = postfixPaths(directory)
      const setup = { directory, smtpPort, domains, relayTo, maxMessageBytes }
      mkdirSync(paths.config)
      writeFileSync(join(paths.config, 'main.cf'), mainCf(setup))
      writeFileSync(join(paths.config, 'master.cf'), masterCf(setup))
      makeQueue(paths)
      const daemons = execFileSync(postconf, ['-c', paths.config, '-h', 'daemon_directory'], {
        encoding: 'utf8',
      }).trim()
      return {
        program: join(daemons, 'master'),
        args: ['-c', paths.config, '-s'], // -s: stay in the foreground
        env: { MAIL_CONFIG: paths.config },
        logFiles: [paths.log],
      }
    },
    isReady: async () => (await firstLine(smtpPort)).startsWith('220'),
  })
  return { ...server, smtpPort }
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return
  throw new Error(
    'Postfix starts only as root: run this suite as root, for instance in a container or with sudo',
  )
}

/** What `postfix start` would create; made here because its full check of the installation takes seconds. */
function makeQueue({ queue, data }: ReturnType<typeof postfixPaths>): void {
  const [uid, gid] = [idOf('-u', 'postfix'), idOf('-g', 'postfix')]
  mkdirSync(queue)
  mkdirSync(data)
  chownSync(data, uid, gid)
  for (const folder of QUEUE_FOLDERS.root) mkdirSync(join(queue, folder))
  for (const folder of QUEUE_FOLDERS.postfix) {
    const path = join(queue, folder)
    mkdirSync(path)
    chownSync(path, uid, gid)
    chmodSync(path, folder === 'public' ? 0o710 : 0o700)
  }
}

function idOf(kind: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [kind, user], { encoding: 'utf8' }))
}
