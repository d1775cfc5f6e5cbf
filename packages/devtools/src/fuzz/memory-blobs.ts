// A BlobStore in memory: a fuzz run keeps nothing, and waiting for the disk would be most of its time.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { type BlobKey, type BlobStore, MaildeskError } from '@maildesk/core'

export interface MemoryBlobs extends BlobStore {
  /** What the store holds of a key now. */
  bytesOf(key: BlobKey): Uint8Array | undefined
  /** Lets go of everything. */
  clear(): void
}

export function memoryBlobs(): MemoryBlobs {
  const kept = new Map<BlobKey, Buffer>()
  const get = (key: BlobKey) => {
    const found = kept.get(key)
    if (!found) throw new MaildeskError('blob.missing', `no blob ${key}`)
    return found
  }
  return {
    async put(bytes) {
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(Buffer.from(chunk))
      const all = Buffer.concat(chunks)
      const key = createHash('sha256').update(all).digest('hex') as BlobKey
      kept.set(key, all)
      return { key, size: all.length }
    },
    async open(key) {
      const bytes = get(key)
      return (async function* () {
        yield bytes
      })()
    },
    copyTo: (key, path) => writeFile(path, get(key), { flag: 'wx', mode: 0o600 }),
    read: async (key) => get(key),
    sizeOf: async (key) => kept.get(key)?.length,
    probe: () => Promise.resolve(),
    bytesOf: (key) => kept.get(key),
    clear: () => kept.clear(),
  }
}
