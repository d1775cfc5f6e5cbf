// Blobs as files, named by their hash. What Postfix and Mailman do before they say yes: write beside,
// sync, rename, sync the folder; so a name that exists stands for complete and durable bytes.

import { createHash, randomUUID } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type BlobKey,
  type KeptBlob,
  type ListableBlobStore,
  MaildeskError,
  type StoredBlob,
} from '@maildesk/core'
import { failpoint } from '@maildesk/failpoints'

/** Bytes read at once. */
const readBytes = 256 * 1024
/** Temporary files older than this belong to a process that died. */
const abandonedAfterMs = 36 * 60 * 60 * 1000

export interface FileBlobStoreOptions {
  /** False for a folder that is thrown away: nothing is synced, and a crash of the machine may leave half a blob. */
  readonly durable?: boolean
}

/**
 * A blob store in one folder: `tmp/` for writing, `blobs/ab/<sha256>` for keeping.
 * @throws MaildeskError blob.unavailable when the folders cannot be made.
 */
export async function openFileBlobStore(
  folder: string,
  { durable = true }: FileBlobStoreOptions = {},
): Promise<ListableBlobStore> {
  const tmp = join(folder, 'tmp')
  const kept = join(folder, 'blobs')
  await guard('open', () => Promise.all([makeFolder(tmp, durable), makeFolder(kept, durable)]))
  await guard('clean', () => removeAbandoned(tmp))
  return new FileBlobStore(tmp, kept, durable)
}

class FileBlobStore implements ListableBlobStore {
  readonly #tmp: string
  readonly #kept: string
  readonly #durable: boolean

  constructor(tmp: string, kept: string, durable: boolean) {
    this.#tmp = tmp
    this.#kept = kept
    this.#durable = durable
  }

  async put(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredBlob> {
    const temporary = join(this.#tmp, randomUUID())
    try {
      const written = await write(temporary, bytes, this.#durable)
      const path = this.#pathOf(written.key)
      await guard('keep', () => makeFolder(dirname(path), this.#durable))
      await guard('keep', () => rename(temporary, path))
      await failpoint('blob.renamed')
      if (this.#durable) await guard('keep', () => syncFolder(dirname(path)))
      await failpoint('blob.kept')
      return written
    } catch (error) {
      // What cannot be cleared away now is when the store is opened again; the failure to be told is the first one.
      await rm(temporary, { force: true }).catch(() => undefined)
      throw error
    }
  }

  async open(key: BlobKey): Promise<AsyncIterable<Uint8Array>> {
    if ((await this.sizeOf(key)) === undefined) throw missing(key)
    // Opened when it is first read, so that whoever asks and then does not read holds nothing.
    return ownCopies(checked(() => this.#openFile(key), key))
  }

  async copyTo(key: BlobKey, path: string): Promise<void> {
    const file = await guard('copy', () => open(path, 'wx', 0o600))
    try {
      for await (const chunk of checked(() => this.#openFile(key), key))
        await guard('copy', () => file.writeFile(chunk))
    } finally {
      await file.close()
    }
  }

  async read(key: BlobKey): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of await this.open(key)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async sizeOf(key: BlobKey): Promise<number | undefined> {
    const path = this.#pathOf(key)
    try {
      return (await stat(path)).size
    } catch (error) {
      if (isMissing(error)) return undefined
      throw unavailable('stat', error)
    }
  }

  /** A folder at a time: one in 256 of all. */
  async *list(): AsyncGenerator<KeptBlob[]> {
    for (const shard of await guard('list', () => readdir(this.#kept))) {
      const folder = join(this.#kept, shard)
      const names = await guard('list', () => readdir(folder))
      const found: KeptBlob[] = []
      for (const name of names) {
        if (!isKey(name)) continue
        const { size, mtime } = await guard('stat', () => stat(join(folder, name)))
        found.push({ key: name as BlobKey, size, keptAt: mtime })
      }
      if (found.length > 0) yield found
    }
  }

  async probe(): Promise<void> {
    const { key } = await this.put([Buffer.from('maildesk probe\n')])
    await this.read(key)
  }

  async #openFile(key: BlobKey): Promise<FileHandle> {
    const path = this.#pathOf(key)
    try {
      return await open(path, 'r')
    } catch (error) {
      if (isMissing(error)) throw missing(key)
      throw unavailable('open', error)
    }
  }

  #pathOf(key: BlobKey): string {
    // A key is only ever a hash; anything else could climb out of the folder.
    if (!isKey(key)) throw new MaildeskError('blob.missing', 'not a blob key', { key })
    return join(this.#kept, key.slice(0, 2), key)
  }
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

async function write(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  durable: boolean,
): Promise<StoredBlob> {
  const hash = createHash('sha256')
  let size = 0
  const file = await guard('create', () => open(path, 'wx', 0o600))
  try {
    await failpoint('blob.created')
    // Only our own writes are ours to classify; what the source throws is the source's.
    for await (const chunk of bytes) {
      hash.update(chunk)
      size += chunk.byteLength
      await guard('write', () => file.writeFile(chunk))
    }
    await failpoint('blob.written')
    if (durable) await guard('sync', () => file.sync())
    await failpoint('blob.synced')
  } finally {
    await file.close()
  }
  return { key: hash.digest('hex') as BlobKey, size }
}

/** Hands out the same buffer again and again. */
async function* checked(openFile: () => Promise<FileHandle>, key: BlobKey): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  const file = await openFile()
  try {
    const buffer = Buffer.allocUnsafe(readBytes)
    for (;;) {
      const { bytesRead } = await guard('read', () => file.read(buffer, 0, buffer.length))
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      hash.update(chunk)
      yield chunk
    }
  } finally {
    await file.close()
  }
  const found = hash.digest('hex')
  if (found !== key) throw new MaildeskError('blob.corrupt', `blob ${key} holds other bytes`, { key, found })
}

async function* ownCopies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Buffer.from(chunk)
}

async function makeFolder(path: string, durable: boolean): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 })
  if (made && durable) await syncFolder(dirname(made))
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function removeAbandoned(tmp: string): Promise<void> {
  const before = Date.now() - abandonedAfterMs
  for (const name of await readdir(tmp)) {
    const path = join(tmp, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (mtimeMs < before) await rm(path, { force: true })
  }
}

async function guard<Result>(step: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw unavailable(step, error)
  }
}

function unavailable(step: string, cause: unknown): MaildeskError {
  const { code, path } = cause as NodeJS.ErrnoException
  return new MaildeskError(
    'blob.unavailable',
    `cannot ${step} in the blob store: ${code ?? cause}`,
    { step, code, path },
    { cause },
  )
}

function missing(key: BlobKey): MaildeskError {
  return new MaildeskError('blob.missing', `no blob ${key}`, { key })
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
