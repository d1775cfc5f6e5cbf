/* A real PostgreSQL from Debian, with the pg_dump of its own version: for what embedded binaries lack. */

import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { type HostedServer, hostServer } from './host-server.ts'
import { requireProgram } from './require-program.ts'

const debianFolder = '/usr/lib/postgresql'

export interface DebianPostgres extends HostedServer {
  /** Of the database `postgres`. */
  readonly url: string
  /** Folder of the programs of the server's version: pg_dump, pg_restore, createdb … */
  readonly bin: string
}

/**
 * Starts a cluster of its own on a free port of 127.0.0.1; as root the server runs as the user `postgres`.
 *
 * @throws Error with the install line when PostgreSQL is missing, or its log when it does not start.
 */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const bin = newestBin()
  const port = await freePort()
  const asServer = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  const command = (program: string, ...args: string[]): [string, string[]] => {
    const [first = '', ...rest] = [...asServer, join(bin, program), ...args]
    return [first, rest]
  }
  const server = await hostServer({
    name: 'postgres',
    async prepare(directory) {
      // The server's user makes its own folder in here.
      chmodSync(directory, 0o777)
      const data = join(directory, 'data')
      execFileSync(
        ...command('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'),
        {
          cwd: directory,
          stdio: 'pipe',
        },
      )
      const [program, args] = command(
        'postgres',
        '-D',
        data,
        '-p',
        String(port),
        '-h',
        '127.0.0.1',
        '-k',
        directory,
      )
      return { program: requireProgram(program, ['util-linux']), args: [...args, '-F'] }
    },
    isReady: () => answers(port),
  })
  return { ...server, bin, url: `postgres://postgres@127.0.0.1:${port}/postgres` }
}

function newestBin(): string {
  try {
    const versions = readdirSync(debianFolder).map(Number).filter(Number.isFinite)
    const bin = join(debianFolder, String(Math.max(...versions)), 'bin')
    if (readdirSync(bin).includes('initdb')) return bin
  } catch {
    // Not there: told below.
  }
  throw new Error(
    'This test needs PostgreSQL, which is not installed. Install it with:\n  apt-get install -y --no-install-recommends postgresql',
  )
}

/** True once a query would be answered: before that the server refuses, or says that it starts up. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      const body = Buffer.from('user\0postgres\0database\0postgres\0\0')
      const head = Buffer.alloc(8)
      head.writeInt32BE(body.length + 8, 0)
      head.writeInt32BE(196_608, 4)
      socket.write(Buffer.concat([head, body]))
    })
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (data) => {
      resolve(data[0] === 'R'.charCodeAt(0))
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}
