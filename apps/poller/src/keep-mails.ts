// Bytes of listed mails into the blob store, in batches of bounded size; the caller writes rows for what was kept.

import { type ListedEmail, type Log, MaildeskError, type MailSource } from '@maildesk/core'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps, KeptEmail } from '@maildesk/flows'
import { readHeaderSection } from '@maildesk/mail'

/** Mails up to this many bytes are fetched many at once; larger ones are streamed one by one. */
const smallMailBytes = 256 * 1024
/** Small mails fetched at once, and the bytes they may hold together. */
const maxBatchMails = 50
const maxBatchBytes = 8 * 1024 * 1024
/** Blobs written side by side; each is synced to disk. */
const writesAtOnce = 8
/** Of a mail over the size limit, this much of its header is kept. */
export const maxHeaderBytes = 1024 * 1024

export interface KeptBatch {
  readonly listed: readonly ListedEmail[]
  /** Those of them that were still there. */
  readonly mails: readonly KeptEmail[]
}

/** Small neighbours together, large ones alone; the order is kept. @throws MaildeskError imap.*, blob.* */
export async function* keepMails(
  deps: DeskDeps,
  source: MailSource,
  listed: readonly ListedEmail[],
): AsyncGenerator<KeptBatch> {
  for (const batch of batchesOf(listed, deps.settings.maxMailBytes))
    yield { listed: batch, mails: await keepBatch(deps, source, batch, deps.log) }
}

function batchesOf(listed: readonly ListedEmail[], maxSize: number): ListedEmail[][] {
  const batches: ListedEmail[][] = []
  let bytes = 0
  for (const email of listed) {
    const current = batches.at(-1)
    const fits =
      current &&
      email.size <= maxSize &&
      current.length < maxBatchMails &&
      bytes + email.size <= maxBatchBytes &&
      isSmall(email) &&
      current.every((other) => isSmall(other) && other.size <= maxSize)
    if (current && fits) {
      current.push(email)
      bytes += email.size
    } else {
      batches.push([email])
      bytes = email.size
    }
  }
  return batches
}

function isSmall(email: ListedEmail): boolean {
  return email.size <= smallMailBytes
}

async function keepBatch(
  deps: DeskDeps,
  source: MailSource,
  batch: readonly ListedEmail[],
  log: Log,
): Promise<KeptEmail[]> {
  const [only] = batch
  if (only && only.size > deps.settings.maxMailBytes) {
    const kept = await keepHeader(deps, source, only)
    return kept ? [kept] : gone(log, only)
  }
  if (only && !isSmall(only)) {
    const kept = await keepLarge(deps, source, only)
    return kept ? [kept] : gone(log, only)
  }
  const sources = await source.fetchSources(batch.map(({ uid }) => uid))
  await failpoint('poll.fetched')
  const kept: KeptEmail[] = []
  for (let start = 0; start < batch.length; start += writesAtOnce) {
    const group = batch.slice(start, start + writesAtOnce)
    const written = await Promise.all(
      group.map(async (email): Promise<KeptEmail[]> => {
        const first = sources.get(email.uid)
        const bytes = first && (await wholeSource(source, email, first, log))
        if (!bytes) return gone(log, email)
        const raw = await deps.blobs.put([bytes])
        await failpoint('poll.kept-small')
        return [
          { uid: email.uid, raw, complete: true, internalDate: email.internalDate, header: headerOf(bytes) },
        ]
      }),
    )
    kept.push(...written.flat())
  }
  return kept
}

/**
 * Fewer bytes than announced may be a mail cut short, or a server that announces sizes it only estimates (as Exchange
 * does): asked again, the first gives more, the second the same.
 */
async function wholeSource(
  source: MailSource,
  email: ListedEmail,
  first: Uint8Array,
  log: Log,
): Promise<Uint8Array | undefined> {
  if (first.byteLength >= email.size) return first
  const again = (await source.fetchSources([email.uid])).get(email.uid)
  const detail = {
    uid: email.uid,
    announced: email.size,
    came: first.byteLength,
    cameAgain: again?.byteLength,
  }
  if (again && again.byteLength !== first.byteLength && again.byteLength < email.size) {
    throw new MaildeskError('imap.size-mismatch', `UID ${email.uid} comes in different lengths`, detail)
  }
  if (again && again.byteLength < email.size) log.warn(detail, 'server announced another size than it sends')
  return again
}

async function keepLarge(
  deps: DeskDeps,
  source: MailSource,
  email: ListedEmail,
): Promise<KeptEmail | undefined> {
  const stream = await source.stream(email)
  if (!stream) return undefined
  const head: Uint8Array[] = []
  let headBytes = 0
  async function* watched(bytes: AsyncIterable<Uint8Array>) {
    for await (const chunk of bytes) {
      if (headBytes < maxHeaderBytes) {
        head.push(chunk)
        headBytes += chunk.byteLength
      }
      yield chunk
    }
  }
  const raw = await deps.blobs.put(watched(stream))
  await failpoint('poll.kept-large')
  return {
    uid: email.uid,
    raw,
    complete: true,
    internalDate: email.internalDate,
    header: headerOf(Buffer.concat(head)),
  }
}

async function keepHeader(
  deps: DeskDeps,
  source: MailSource,
  email: ListedEmail,
): Promise<KeptEmail | undefined> {
  const bytes = await source.fetchHeader(email.uid, maxHeaderBytes)
  if (!bytes) return undefined
  const raw = await deps.blobs.put([bytes])
  await failpoint('poll.kept-header')
  deps.log.warn(
    { uid: email.uid, size: email.size, limit: deps.settings.maxMailBytes },
    'email over the size limit, header kept',
  )
  return { uid: email.uid, raw, complete: false, internalDate: email.internalDate, header: headerOf(bytes) }
}

function headerOf(bytes: Uint8Array): KeptEmail['header'] {
  const { messageId, from, subject } = readHeaderSection(bytes)
  return { messageId, from: from[0]?.address ?? '', subject }
}

function gone(log: Log, email: ListedEmail): [] {
  log.info({ uid: email.uid }, 'email went away before it was fetched')
  return []
}
