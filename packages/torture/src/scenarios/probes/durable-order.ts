// What reaches the disk before the answer, as the kernel saw it.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Violation } from '../../contracts.ts'
import { type Probe, violation } from './probe.ts'

const run = promisify(execFile)
const storage = fileURLToPath(new URL('../../../../storage/src/index.ts', import.meta.url))

/** Without a rig: a blob is put by a process that strace watches. */
export const durableOrder: Omit<Probe, 'run'> & { run(): Promise<readonly Violation[]> } = {
  name: 'durable-order',
  promise:
    'The bytes of a blob are synced before it has its name, and its folder before anybody hears of it.',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'maildesk-strace-'))
    try {
      const script = `
        const { openBlobStore } = await import(${JSON.stringify(storage)})
        const store = await openBlobStore(${JSON.stringify(pathToFileURL(join(folder, 'blobs')).href)})
        await store.put([Buffer.from('bytes')])
        await import('node:fs').then(({ writeSync }) => writeSync(2, 'ANSWERED'))`
      const { stderr } = await run(
        'strace',
        [
          '-f',
          '-y',
          '-e',
          'trace=fsync,fdatasync,rename,renameat,renameat2,write',
          '-s',
          '16',
          process.execPath,
          '--input-type=module',
          '-e',
          script,
        ],
        { maxBuffer: 64 * 1024 * 1024 },
      )
      return judge(stderr.split('\n'), folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Pure. */
function judge(lines: readonly string[], folder: string): Violation[] {
  const at = (test: (line: string) => boolean) => lines.findIndex(test)
  const renamed = at((line) => /\brename(at2?)?\(/.test(line) && line.includes(`${folder}/blobs/tmp/`))
  const synced = at((line) => /\bf(data)?sync\(/.test(line) && line.includes(`${folder}/blobs/tmp/`))
  const folderSynced = lines.findIndex(
    (line, index) =>
      index > renamed && /\bf(data)?sync\(/.test(line) && line.includes(`${folder}/blobs/blobs/`),
  )
  const answered = at((line) => line.includes('ANSWERED'))
  const problems = [
    [renamed >= 0, 'no file was renamed into its place'],
    [synced >= 0 && synced < renamed, 'the bytes were not synced before the file had its name'],
    [folderSynced > renamed && folderSynced < answered, 'the folder was not synced before the answer'],
    [answered >= 0, 'nothing was answered'],
  ] as const
  return problems.filter(([holds]) => !holds).map(([, problem]) => violation('I1', problem))
}
