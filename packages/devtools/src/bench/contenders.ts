// Ways of reading a stored mail, from hashing its bytes to our whole parser. Each begins with the bytes as they lie in
// the blob store, which hashes what it reads: that alone is the floor.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlobKey, BlobStore, Log } from '@maildesk/core'
import { createEmailParser, defaultParseLimits, type PartSink, parseEmail } from '@maildesk/mail'
import { Splitter } from '@zone-eu/mailsplit'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

export interface Contender {
  readonly name: string
  readonly does: string
  /** Reads every mail of the store once. */
  readAll(keys: readonly BlobKey[]): Promise<void>
  close(): Promise<void>
}

const poolChildren = 2
/** Mails handed to the pool at the same time: enough that no child waits. */
const poolLanes = 4
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** The first is the floor. `tmpDir` is for the pool. */
export function contenders(blobs: BlobStore, tmpDir: string): Contender[] {
  return [
    oneByOne('floor', 'read the bytes and hash them', async (key) => {
      await blobs.read(key)
    }),
    oneByOne('mailsplit', 'split into lines and parts, decode nothing', async (key) => {
      const splitter = new Splitter()
      splitter.resume()
      await pipeline(Readable.from(await blobs.open(key)), splitter)
    }),
    oneByOne('mailparser', 'simpleParser, all parts in memory', async (key) => {
      await simpleParser(Buffer.from(await blobs.read(key)))
    }),
    oneByOne('postal-mime', 'PostalMime.parse, all parts in memory', async (key) => {
      await PostalMime.parse(await blobs.read(key))
    }),
    oneByOne('parseEmail', 'ours in this process, parts hashed and dropped', async (key) => {
      await parseEmail(await blobs.open(key), droppingSink, defaultParseLimits)
    }),
    pool(blobs, tmpDir),
  ]
}

function oneByOne(name: string, does: string, read: (key: BlobKey) => Promise<void>): Contender {
  return {
    name,
    does,
    async readAll(keys) {
      for (const key of keys) await read(key)
    },
    close: () => Promise.resolve(),
  }
}

function pool(blobs: BlobStore, tmpDir: string): Contender {
  const parser = createEmailParser({
    blobs,
    tmpDir,
    children: poolChildren,
    warm: poolChildren,
    limits: defaultParseLimits,
    log: silent,
  })
  return {
    name: 'pool',
    does: `ours in ${poolChildren} child processes, parts stored; their CPU is not counted`,
    async readAll(keys) {
      const left = keys.values()
      const lane = async () => {
        for (const key of left) await parser.parse(key)
      }
      await Promise.all(Array.from({ length: poolLanes }, lane))
    },
    close: () => parser.close(),
  }
}

const droppingSink: PartSink = {
  async put(bytes) {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of bytes) {
      hash.update(chunk)
      size += chunk.byteLength
    }
    return { key: hash.digest('hex') as BlobKey, size }
  },
}
