import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'
import { requireProgram } from './require-program.ts'

test('a test process that dies without stopping its server leaves neither the server nor its directory', async () => {
  const starter = `
    import { startRedis } from ${JSON.stringify(new URL('./start-redis.ts', import.meta.url).href)}
    const { directory, port } = await startRedis()
    console.log(JSON.stringify({ directory, port }))
    setInterval(() => {}, 1000)`
  const starterProcess = execFile(process.execPath, ['--input-type=module', '--eval', starter])
  let output = ''
  starterProcess.stdout?.on('data', (chunk) => {
    output += chunk
  })
  await waitUntil(() => output.endsWith('\n'), { what: 'Redis to start in another process' })
  const { directory, port } = JSON.parse(output) as { directory: string; port: number }
  expect(existsSync(directory)).toBe(true)
  starterProcess.kill('SIGKILL')
  await waitUntil(() => !existsSync(directory), { what: 'the directory to go' })
  await waitUntil(async () => !(await accepts(port)), { what: 'Redis to end' })
})

test('a missing server is an error that says how to install it', () => {
  expect(() => requireProgram('no-such-server', ['its-package'])).toThrow(
    'apt-get install -y --no-install-recommends its-package',
  )
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
