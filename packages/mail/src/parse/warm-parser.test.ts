import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultParseLimits } from './limits.ts'
import { createEmailParser } from './parser-pool.ts'
import { folderBlobStore } from './testing/folder-blob-store.ts'

test('a parser started before its folder is there can use the folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-parser-'))
  const blobs = folderBlobStore(folder)
  const quiet = () => undefined
  const parser = createEmailParser({
    blobs,
    limits: defaultParseLimits,
    children: 1,
    warm: 1,
    tmpDir: join(folder, 'not', 'there yet'),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  })
  try {
    const { key } = await blobs.put([Buffer.from('Subject: x\r\n\r\ntext')])
    expect(await parser.parse(key)).toMatchObject({ ok: true })
  } finally {
    await parser.close()
    await rm(folder, { recursive: true, force: true })
  }
})
