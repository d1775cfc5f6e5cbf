// MailSource over imapflow. UIDs only; BODY.PEEK only, which is all that imapflow sends; one command at a time.
import type { AfterProcessing, FolderState, ImapAccess, ListedEmail, Log, MailSource } from '@maildesk/core'
import { MaildeskError } from '@maildesk/core'
import type { ImapFlow } from 'imapflow'
import { deleteMails, markSeen, moveMails } from './after-process.ts'
import { toImapError } from './classify-imap-error.ts'
import { connectImap, type ImapLimits } from './connect.ts'
import { uidSets } from './uid-sets.ts'
import { waitForChange } from './wait-for-change.ts'

export interface MailSourceOptions {
  readonly access: ImapAccess
  readonly folder: string
  readonly limits: ImapLimits
  readonly log: Log
}

/** UIDs whose sizes or sources are asked for in one command. */
const uidsPerFetch = 500
/** Bytes of one partial fetch of a large mail. */
const streamChunkBytes = 1024 * 1024
/** Milliseconds that a polite LOGOUT may take. */
const logoutTimeoutMs = 2_000

/**
 * Connects, logs in and selects the folder.
 * @throws MaildeskError imap.unavailable, imap.auth-failed, imap.folder-missing
 */
export async function openMailSource(options: MailSourceOptions): Promise<MailSource> {
  const { access, folder, limits } = options
  const client = await connectImap(access, folder, limits)
  try {
    await client.mailboxOpen(folder)
    return new ImapSource(client, options)
  } catch (error) {
    client.close()
    throw toImapError(error, 'select', { host: access.host, folder })
  }
}

class ImapSource implements MailSource {
  readonly #client: ImapFlow
  readonly #options: MailSourceOptions
  readonly #where: { readonly host: string; readonly folder: string }
  /** As long as the folder is selected it cannot change; kept so that it outlives the connection. */
  #folder: FolderState
  /** Counts EXISTS answers; what a listing has not seen ends the next wait at once. */
  #arrivals = 0
  #arrivalsListed = 0
  #onArrival: () => void = () => undefined

  constructor(client: ImapFlow, options: MailSourceOptions) {
    this.#client = client
    this.#options = options
    this.#where = { host: options.access.host, folder: options.folder }
    this.#folder = this.#readFolder()
    client.on('exists', () => {
      this.#arrivals += 1
      this.#onArrival()
    })
  }

  get folder(): FolderState {
    if (this.#client.mailbox) this.#folder = this.#readFolder()
    return this.#folder
  }

  async listUids(afterUid: number, since?: Date): Promise<number[]> {
    return this.#use(async (client) => {
      this.#arrivalsListed = this.#arrivals
      const found = await client.search(
        { uid: `${afterUid + 1}:*`, deleted: false, ...(since ? { since } : {}) },
        { uid: true },
      )
      if (!found)
        throw new MaildeskError('imap.unavailable', 'the server refused to list the folder', this.#where)
      // "n:*" means "n to the last" in either order, so an old mail may be among them.
      return found.filter((uid) => uid > afterUid).sort((a, b) => a - b)
    })
  }

  async describe(uids: readonly number[]): Promise<ListedEmail[]> {
    return this.#use(async (client) => {
      const found: ListedEmail[] = []
      for (const set of uidSets(uids, uidsPerFetch)) {
        const query = { uid: true, size: true, internalDate: true, flags: true }
        for await (const mail of client.fetch(set, query, { uid: true })) {
          found.push({
            uid: mail.uid,
            size: mail.size ?? 0,
            internalDate: toDate(mail.internalDate),
            flags: [...(mail.flags ?? [])],
          })
        }
      }
      return onlyAsked(found, uids)
    })
  }

  async fetchSources(uids: readonly number[]): Promise<Map<number, Uint8Array>> {
    return this.#use(async (client) => {
      const sources = new Map<number, Uint8Array>()
      for (const set of uidSets(uids, uidsPerFetch)) {
        for await (const mail of client.fetch(set, { uid: true, source: true }, { uid: true })) {
          if (mail.source && uids.includes(mail.uid)) sources.set(mail.uid, mail.source)
        }
      }
      return sources
    })
  }

  async stream(email: ListedEmail): Promise<AsyncIterable<Uint8Array> | undefined> {
    const first = await this.#fetchRange(email.uid, 0)
    return first && this.#rest(email, first)
  }

  async *#rest(email: ListedEmail, first: Uint8Array): AsyncGenerator<Uint8Array> {
    let received = 0
    let chunk: Uint8Array | undefined = first
    while (chunk && chunk.length > 0) {
      received += chunk.length
      if (received > this.#options.limits.mailBytes) throw this.#sizeMismatch(email, received)
      yield chunk
      // A short answer is the end (RFC 9051 §6.4.5, partial). Only when more was announced is it asked once again: some
      // servers announce sizes they estimate, and then there is no more.
      if (chunk.length < streamChunkBytes && received >= email.size) break
      chunk = await this.#fetchRange(email.uid, received)
    }
    if (!chunk) throw this.#sizeMismatch(email, received)
    if (received < email.size) {
      const { log } = this.#options
      log.warn(
        { uid: email.uid, announced: email.size, came: received },
        'server announced another size than it sends',
      )
    }
  }

  #sizeMismatch(email: ListedEmail, received: number): MaildeskError {
    const detail = `${received} bytes of mail ${email.uid} came, ${email.size} were announced`
    return new MaildeskError('imap.size-mismatch', detail, { ...this.#where, uid: email.uid })
  }

  async #fetchRange(uid: number, start: number): Promise<Uint8Array | undefined> {
    return this.#use(async (client) => {
      const query = { uid: true, source: { start, maxLength: streamChunkBytes } }
      const mail = await client.fetchOne(String(uid), query, { uid: true })
      return mail ? (mail.source ?? new Uint8Array()) : undefined
    })
  }

  async fetchHeader(uid: number, maxBytes: number): Promise<Uint8Array | undefined> {
    return this.#use(async (client) => {
      const query = { uid: true, bodyParts: [{ key: 'header', start: 0, maxLength: maxBytes }] }
      const mail = await client.fetchOne(String(uid), query, { uid: true })
      // imapflow files the answer BODY[HEADER]<0> under headers.
      return mail ? (mail.headers ?? mail.bodyParts?.get('header') ?? new Uint8Array()) : undefined
    })
  }

  async waitForChange(maxMs: number, signal: AbortSignal): Promise<void> {
    await this.#use(async (client) => {
      if (this.#arrivals > this.#arrivalsListed) return
      const changed = new Promise<void>((resolve) => (this.#onArrival = resolve))
      const { pollEveryMs } = this.#options.limits
      const end = await waitForChange(client, changed, {
        maxMs,
        signal,
        pollEveryMs: Math.min(pollEveryMs, maxMs),
      })
      this.#onArrival = () => undefined
      if (end === 'closed') throw this.#disconnected('the connection closed while waiting for mail')
      // Silence for so long may be a dead connection: one that cannot answer now is given up (no RST ever comes from a black hole).
      if (end === 'quiet') await this.#proveAlive(client)
    })
  }

  async afterProcess(
    uids: readonly number[],
    action: Exclude<AfterProcessing, 'keep'>,
    folder: string | null,
  ): Promise<void> {
    if (uids.length === 0) return
    await this.#use(async (client) => {
      if (action === 'seen') return markSeen(client, uids)
      if (action === 'delete') return deleteMails(client, uids, this.#options.log)
      if (folder === null) throw new TypeError('afterProcess(move) needs a folder')
      return moveMails(client, uids, folder, this.#options.log)
    })
  }

  async close(): Promise<void> {
    if (!this.#client.usable) return this.#client.close()
    await withDeadline(
      this.#client.logout().catch(() => undefined),
      logoutTimeoutMs,
    )
    this.#client.close()
  }

  async #proveAlive(client: ImapFlow): Promise<void> {
    const answered = await withDeadline(
      client.noop().then(() => true),
      this.#options.limits.probeTimeoutMs,
    )
    if (answered) return
    client.close()
    throw this.#disconnected(`no answer to NOOP within ${this.#options.limits.probeTimeoutMs} ms`)
  }

  async #use<Result>(work: (client: ImapFlow) => Promise<Result>): Promise<Result> {
    if (!this.#client.usable || !this.#client.mailbox) throw this.#disconnected('the connection is closed')
    try {
      return await work(this.#client)
    } catch (error) {
      throw toImapError(error, 'use', this.#where)
    }
  }

  #disconnected(detail: string): MaildeskError {
    return new MaildeskError(
      'imap.disconnected',
      `${this.#where.host}, folder ${this.#where.folder}: ${detail}`,
      this.#where,
    )
  }

  #readFolder(): FolderState {
    const mailbox = this.#client.mailbox
    if (!mailbox) throw this.#disconnected('no folder is selected')
    return { uidValidity: String(mailbox.uidValidity), uidNext: mailbox.uidNext, exists: mailbox.exists }
  }
}

function toDate(date: Date | string | undefined): Date | null {
  const read = date === undefined ? Number.NaN : new Date(date).getTime()
  return Number.isNaN(read) ? null : new Date(read)
}

/** Servers send unasked FETCH answers too (RFC 9051 §7.5.2). */
function onlyAsked(found: readonly ListedEmail[], uids: readonly number[]): ListedEmail[] {
  const asked = new Set(uids)
  return found.filter((mail) => asked.has(mail.uid))
}

/** The result, or undefined when it took longer; the work itself goes on. */
async function withDeadline<Result>(work: Promise<Result>, ms: number): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  // When the deadline wins, the work may still fail; nobody is left to hear it.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
