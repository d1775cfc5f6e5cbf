/* A real redis-server for tests of the queue. */

import { connect } from 'node:net'
import { freePort } from '../free-port.ts'
import { type HostedServer, hostServer } from './host-server.ts'
import { requireProgram } from './require-program.ts'

const COMMAND_TIMEOUT_MS = 5_000

export interface RedisOptions {
  /** 'noeviction' unless told; the queue refuses every other one. */
  readonly maxmemoryPolicy?: string
  /** Keep an append-only file, so that data outlives `kill` + `restart`; off unless told. */
  readonly appendonly?: boolean
  /** Allow DEBUG, for SLEEP; not unless told. */
  readonly debug?: boolean
}

export interface RedisServer extends HostedServer {
  readonly port: number
  /** redis://127.0.0.1:port */
  readonly url: string
  /** Forgets every key of every database. */
  flushAll(): Promise<void>
  /** Sends one inline command, such as `CONFIG SET maxmemory 1`. @throws Error when Redis does not answer +OK or a number. */
  command(line: string): Promise<void>
}

/**
 * Starts Redis on a free port of 127.0.0.1.
 *
 * @throws Error with the install line when redis-server is missing, or its log when it does not start.
 */
export async function startRedis({
  maxmemoryPolicy = 'noeviction',
  appendonly = false,
  debug = false,
}: RedisOptions = {}): Promise<RedisServer> {
  const program = requireProgram('redis-server', ['redis-server'])
  const port = await freePort()
  const server = await hostServer({
    name: 'redis',
    async prepare(directory) {
      const settings = {
        port: String(port),
        bind: '127.0.0.1',
        dir: directory,
        daemonize: 'no',
        save: '',
        appendonly: appendonly ? 'yes' : 'no',
        'maxmemory-policy': maxmemoryPolicy,
        // Unknown before Redis 7, where DEBUG is always allowed.
        ...(debug && { 'enable-debug-command': 'local' }),
      }
      return { program, args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]) }
    },
    isReady: async () => (await askRedis(port, 'PING')) === '+PONG',
  })
  const command = async (line: string) => {
    const reply = await askRedis(port, line)
    if (!/^(\+OK|:)/.test(reply)) throw new Error(`Redis on port ${port} answered ${line} with: ${reply}`)
  }
  return {
    ...server,
    port,
    url: `redis://127.0.0.1:${port}`,
    flushAll: () => command('FLUSHALL'),
    command,
  }
}

/** Sends one inline command (RESP) and returns the first line of the answer, type byte included. */
function askRedis(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    let answer = ''
    socket.setEncoding('latin1').setTimeout(COMMAND_TIMEOUT_MS)
    socket.on('timeout', () => socket.destroy(new Error(`Redis on port ${port} did not answer ${command}`)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`Redis on port ${port} closed without answering ${command}`)))
    socket.on('data', (chunk) => {
      answer += chunk
      const end = answer.indexOf('\r\n')
      if (end < 0) return
      resolve(answer.slice(0, end))
      socket.destroy()
    })
  })
}
