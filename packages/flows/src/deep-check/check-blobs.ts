// Rows against blobs: every blob that a row names is there, whole; and what no row names is counted.
import { type BlobKey, type BlobLook, judgeBlob, type ListableBlobStore, MaildeskError } from '@maildesk/core'
import {
  type BlobUse,
  blobUseTables,
  type Database,
  estimateRows,
  findMailOrigin,
  listBlobUses,
  listUnusedKeys,
  type MailOrigin,
} from '@maildesk/db'
import type { Findings } from './findings.ts'

/** Rows read at once. */
const pageSize = 500
/** Blobs looked at side by side. */
const looksAtOnce = 8
/** Keys asked for at once. */
const keysPerQuery = 1000
/** Younger blobs may be about to get their row, milliseconds: a day. */
const orphanAfterMs = 24 * 60 * 60 * 1000

export interface BlobCheckDeps {
  readonly db: Database
  readonly blobs: ListableBlobStore
  readonly clock: { now(): Date }
  /**
   * Tries to bring the bytes back. @returns true when the store holds them now.
   * Undefined when nothing is to be repaired.
   */
  readonly repair?: (use: BlobUse, origin: MailOrigin) => Promise<boolean>
  readonly onProgress: (text: string) => void
}

/** Looks at the blob of every row, hash and all. @throws MaildeskError db.*, blob.unavailable */
export async function checkBlobs(
  deps: BlobCheckDeps,
  findings: Findings,
): Promise<{ blobs: number; bytes: number }> {
  const seen = { blobs: 0, bytes: 0 }
  for (const table of blobUseTables) {
    const about = await estimateRows(deps.db, table)
    let done = 0
    for await (const page of listBlobUses(deps.db, table, pageSize)) {
      for (let start = 0; start < page.length; start += looksAtOnce) {
        const looks = page.slice(start, start + looksAtOnce).map(async (use) => {
          const look = await lookAt(deps.blobs, use)
          seen.blobs += 1
          seen.bytes += look.size ?? 0
          return { use, finding: judgeBlob(look) }
        })
        for (const { use, finding } of await Promise.all(looks))
          if (finding) findings.add(await tell(deps, use, finding))
      }
      done += page.length
      deps.onProgress(`${table}: ${done} of about ${Math.max(about, done)} rows`)
    }
  }
  return seen
}

async function lookAt(blobs: ListableBlobStore, { key, size: expectedSize }: BlobUse): Promise<BlobLook> {
  const size = await blobs.sizeOf(key)
  if (size === undefined) return { expectedSize, size, hashFits: undefined }
  return { expectedSize, size, hashFits: await hashFits(blobs, key) }
}

/** The store checks the hash while the bytes pass. */
async function hashFits(blobs: ListableBlobStore, key: BlobKey): Promise<boolean | undefined> {
  try {
    for await (const _ of await blobs.open(key));
    return true
  } catch (error) {
    if (error instanceof MaildeskError && error.code === 'blob.corrupt') return false
    if (error instanceof MaildeskError && error.code === 'blob.missing') return undefined
    throw error
  }
}

async function tell(deps: BlobCheckDeps, use: BlobUse, finding: 'blob-missing' | 'blob-corrupt') {
  const origin = use.inboundId ? await findMailOrigin(deps.db, use.inboundId) : undefined
  const repaired = origin && deps.repair ? await deps.repair(use, origin) : false
  const from = origin?.uid
    ? `, mail ${origin.id} of ${origin.folder} ${origin.uidValidity}/${origin.uid}`
    : ''
  return { finding, of: `${use.table} ${use.id}`, detail: `blob ${use.key}${from}`, repaired }
}

/** Counts blobs that nothing names and that are too old to be about to. @throws MaildeskError db.*, blob.unavailable */
export async function findOrphans(
  { db, blobs, clock, onProgress }: BlobCheckDeps,
  findings: Findings,
): Promise<{ orphans: number; bytes: number }> {
  const before = clock.now().getTime() - orphanAfterMs
  const found = { orphans: 0, bytes: 0 }
  let looked = 0
  for await (const page of blobs.list()) {
    const old = page.filter(({ keptAt }) => keptAt.getTime() < before)
    for (let start = 0; start < old.length; start += keysPerQuery) {
      const group = old.slice(start, start + keysPerQuery)
      const unused = new Set(
        await listUnusedKeys(
          db,
          group.map(({ key }) => key),
        ),
      )
      for (const { key, size } of group.filter((blob) => unused.has(blob.key))) {
        found.orphans += 1
        found.bytes += size
        findings.add({ finding: 'blob-orphaned', of: `blob ${key}`, detail: `${size} bytes` })
      }
    }
    looked += page.length
    onProgress(`storage: ${looked} blobs looked for in the tables`)
  }
  return found
}
