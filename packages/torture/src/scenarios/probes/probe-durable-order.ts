// In which order a blob is written: the bytes are synced before the name is there, the name before anybody is told.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBlobStore } from '@maildesk/storage'
import type { Scenario, Violation } from '../../contracts.ts'
import { outcomeOf } from '../outcome.ts'

/** The file calls of `work`, as `sync <path>` and `rename <from> <to>`, each when it was done. */
async function fileCalls(work: () => Promise<void>): Promise<string[]> {
  const calls: string[] = []
  const { open, rename } = fs
  fs.open = async (path, flags, mode) => {
    const handle = await open(path, flags, mode)
    const sync = handle.sync.bind(handle)
    handle.sync = async () => {
      await sync()
      calls.push(`sync ${path}`)
    }
    return handle
  }
  fs.rename = async (from, to) => {
    await rename(from, to)
    calls.push(`rename ${from} ${to}`)
  }
  syncBuiltinESMExports()
  try {
    await work()
    return calls
  } finally {
    Object.assign(fs, { open, rename })
    syncBuiltinESMExports()
  }
}

export const probeDurableOrder: Scenario = {
  name: 'probe-durable-order',
  summary: 'A blob is synced, then renamed, then its folder is synced, and only then it is kept.',
  backends: { commit: ['postgres'], landing: ['postgres'], release: ['postgres'] },
  async run() {
    const folder = await fs.mkdtemp(join(tmpdir(), 'maildesk-durable-'))
    const violations: Violation[] = []
    const blame = (detail: string) => violations.push({ invariant: 'I1', kind: 'other', detail })
    try {
      const store = await openBlobStore(pathToFileURL(folder).href)
      let key = ''
      const calls = await fileCalls(async () => {
        key = (await store.put([Buffer.from('a mail')])).key
      })
      const path = join(folder, 'blobs', key.slice(0, 2), key)
      const renamed = calls.findIndex((call) => call.startsWith('rename ') && call.endsWith(` ${path}`))
      const from = calls[renamed]?.split(' ')[1]
      const told = calls
        .map((call) =>
          call
            .split(' ')
            .map((word) => basename(word))
            .join(' '),
        )
        .join(', ')
      if (renamed < 0) blame(`a blob got its name and was not renamed to it: ${told}`)
      else if (!calls.slice(0, renamed).includes(`sync ${from}`))
        blame(`a blob was not synced before it got its name: ${told}`)
      else if (!calls.slice(renamed).includes(`sync ${join(path, '..')}`))
        blame(`the folder of a blob was not synced after the blob got its name: ${told}`)
      return outcomeOf({}, { violations })
    } finally {
      await fs.rm(folder, { recursive: true, force: true })
    }
  },
}
