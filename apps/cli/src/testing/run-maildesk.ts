// The command as a person runs it: arguments, environment and input in; exit code and both outputs back.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs `maildesk <args>` with no environment but `env`. */
export function runMaildesk(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: Uint8Array | string = '',
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString('latin1'), err: Buffer.concat(err).toString() }),
    )
    // A command that does not read its input closes the pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
