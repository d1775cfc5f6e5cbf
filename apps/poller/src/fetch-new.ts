// Brings what is new in a folder into the ledger, in batches: bytes to the blob store first, then rows and cursor at once.
import { type ListedEmail, type Log, MaildeskError, type MailSource } from '@maildesk/core'
import { listCursors, type MailboxRow } from '@maildesk/db'
import { type DeskDeps, type KeptEmail, receiveEmails } from '@maildesk/flows'
import { readHeaderSection } from '@maildesk/mail'

/** UIDs described in one command. */
const describeAtOnce = 200
/** Mails up to this many bytes are fetched many at once; larger ones are streamed one by one. */
const smallMailBytes = 256 * 1024
/** Small mails fetched at once, and the bytes they may hold together. */
const maxBatchMails = 50
const maxBatchBytes = 8 * 1024 * 1024
/** Blobs written side by side; each is synced to disk. */
const writesAtOnce = 8
/** Of a mail over the size limit, this much of its header is kept. */
const maxHeaderBytes = 1024 * 1024

export interface Folder {
  readonly mailbox: MailboxRow
  readonly name: string
}

/**
 * Fetches everything after the cursor and returns how many mails were kept.
 * @throws MaildeskError imap.*, blob.*, db.*: what was not committed is fetched again next time.
 */
export async function fetchNew(
  deps: DeskDeps,
  source: MailSource,
  { mailbox, name }: Folder,
  signal: AbortSignal,
): Promise<number> {
  const { uidValidity } = source.folder
  const cursors = await listCursors(deps.db, mailbox.id, name)
  const cursor = cursors.find(({ uid_validity }) => uid_validity === uidValidity)
  if (!cursor && cursors.length > 0) {
    // The server renumbered the folder: everything is read again, and known mail is recognised by its content.
    deps.log.warn(
      { mailbox: mailbox.address, folder: name, from: cursors[0]?.uid_validity, to: uidValidity },
      'UIDVALIDITY changed, folder is read anew',
    )
  }
  const uids = await source.listUids(Number(cursor?.last_uid ?? 0))
  let kept = 0
  for (let start = 0; start < uids.length && !signal.aborted; start += describeAtOnce) {
    const chunk = uids.slice(start, start + describeAtOnce)
    const listed = await source.describe(chunk)
    for (const batch of batchesOf(listed, deps.settings.maxMailBytes)) {
      const mails = await keepBatch(deps, source, batch, deps.log)
      const lastUid = batch.at(-1)?.uid ?? 0
      kept += (await receiveEmails(deps, mailbox, { folder: name, uidValidity, lastUid }, mails)).length
      if (signal.aborted) return kept
    }
    // Those gone since they were listed are behind the cursor too.
    await receiveEmails(deps, mailbox, { folder: name, uidValidity, lastUid: chunk.at(-1) ?? 0 }, [])
    if (uids.length > describeAtOnce)
      deps.log.info({ mailbox: mailbox.address, done: start + chunk.length, of: uids.length }, 'backlog read')
  }
  return kept
}

/** Small neighbours together, large ones alone; UID order is kept. */
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
  const kept: KeptEmail[] = []
  for (let start = 0; start < batch.length; start += writesAtOnce) {
    const group = batch.slice(start, start + writesAtOnce)
    const written = await Promise.all(
      group.map(async (email): Promise<KeptEmail[]> => {
        const first = sources.get(email.uid)
        const bytes = first && (await wholeSource(source, email, first, log))
        if (!bytes) return gone(log, email)
        const raw = await deps.blobs.put([bytes])
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
