// A small BlobStore on a real folder, for tests of this package.
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobKey, type BlobStore, MaildeskError } from '@maildesk/core'

export function folderBlobStore(folder: string): BlobStore {
  const sizeOf = async (key: BlobKey) => {
    const found = await stat(join(folder, key)).catch(() => undefined)
    return found?.size
  }
  return {
    async put(bytes) {
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(Buffer.from(chunk))
      const all = Buffer.concat(chunks)
      const key = createHash('sha256').update(all).digest('hex') as BlobKey
      await writeFile(join(folder, key), all)
      return { key, size: all.length }
    },
    async open(key) {
      if ((await sizeOf(key)) === undefined) throw new MaildeskError('blob.missing', `no blob ${key}`)
      return createReadStream(join(folder, key))
    },
    async copyTo(key, path) {
      if ((await sizeOf(key)) === undefined) throw new MaildeskError('blob.missing', `no blob ${key}`)
      await copyFile(join(folder, key), path, constants.COPYFILE_EXCL)
    },
    read: (key) => readFile(join(folder, key)),
    sizeOf,
    probe: () => Promise.resolve(),
  }
}
