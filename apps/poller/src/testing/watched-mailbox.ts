// A mailbox on a real Dovecot with the poller at it, and a second client that looks into it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log, MailSource } from '@maildesk/core'
import { type InboundEmailRow, listCursors, type MailboxRow } from '@maildesk/db'
import { defaultImapLimits, type ImapLimits, openMailSource } from '@maildesk/mail'
import { type DovecotServer, quietLog, seedMailbox, waitUntil } from '@maildesk/testkit'
import { rawMail, type TestDesk } from '@maildesk/testkit/desk-deps'
import { watchFolder } from '../watch-folder.ts'

/** How long anything here may take, milliseconds. */
const timeoutMs = 20_000

export interface WatchSettings {
  readonly pollIntervalMs?: number
  readonly maxConnectionMs?: number
  readonly reconcileIntervalMs?: number
  readonly limits?: Partial<ImapLimits>
  /** Stands between the poller and the mail server, to do at the right moment what a test is about. */
  readonly wrap?: (source: MailSource) => MailSource
  readonly desk?: TestDesk
  /** The mailbox's first folder unless told. */
  readonly folder?: string
}

/** An account of the test's own at the server. */
export class WatchedMailbox {
  readonly row: MailboxRow
  readonly logged: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = []
  readonly #desk: TestDesk
  readonly #dovecot: DovecotServer

  private constructor(desk: TestDesk, dovecot: DovecotServer, row: MailboxRow) {
    this.#desk = desk
    this.#dovecot = dovecot
    this.row = row
  }

  static async open(
    desk: TestDesk,
    dovecot: DovecotServer,
    name: string,
    fields: Partial<MailboxRow> = {},
  ): Promise<WatchedMailbox> {
    const address = `${name}@example.com`
    const row = await seedMailbox(desk.db, {
      address,
      imap_host: '127.0.0.1',
      imap_port: dovecot.imapPort,
      imap_tls: 'none',
      imap_user: address,
      imap_secret: dovecot.password,
      ...fields,
    })
    return new WatchedMailbox(desk, dovecot, row)
  }

  /** Watches until the returned function is called. */
  watch({
    pollIntervalMs = 300,
    maxConnectionMs = 600_000,
    reconcileIntervalMs = 3_600_000,
    limits = {},
    wrap = (source) => source,
    desk = this.#desk,
    folder = this.row.imap_folder,
  }: WatchSettings = {}) {
    const stopping = new AbortController()
    const note = (fields: object, message: string) =>
      void this.logged.push({ fields: { ...fields }, message })
    const log: Log = { ...quietLog, info: note, warn: note, error: note }
    const watching = watchFolder(
      { ...desk, log },
      { mailboxId: this.row.id, name: folder },
      {
        openSource: async (mailbox, name) => wrap(await openSource(mailbox, name, limits)),
        pollIntervalMs,
        reconcileIntervalMs,
        maxConnectionMs,
        authPauseMs: 200,
        signal: stopping.signal,
      },
    )
    return async () => {
      stopping.abort()
      await watching
    }
  }

  /** Delivers a mail that differs from all others and returns its bytes. */
  async deliver(fields: Parameters<typeof rawMail>[0] = {}): Promise<Buffer> {
    const raw = rawMail(fields)
    await this.#dovecot.deliver(this.row.address, raw, 'ada@person.example')
    return raw
  }

  /** Puts a mail into the folder as one that the server took in then. */
  deliverOld(subject: string, takenInAt: Date): void {
    this.#dovecot.putOld(this.row.address, rawMail({ Subject: subject }), takenInAt)
  }

  rows(): Promise<InboundEmailRow[]> {
    return this.#desk
      .db<InboundEmailRow>('inbound_emails')
      .where({ mailbox_id: this.row.id })
      .orderBy('received_at')
      .orderBy('uid')
  }

  waitForRows(count: number): Promise<InboundEmailRow[]> {
    return this.waitFor(`${count} ledger rows`, async () => {
      const rows = await this.rows()
      return rows.length >= count && rows
    })
  }

  waitForAfter(state: InboundEmailRow['after_state'], count: number): Promise<InboundEmailRow[]> {
    return this.waitFor(`${count} rows with after-processing ${state}`, async () => {
      const rows = await this.rows()
      return rows.filter(({ after_state }) => after_state === state).length === count && rows
    })
  }

  async waitForLog(message: string): Promise<void> {
    await this.waitFor(`the log line "${message}"`, () =>
      this.logged.some((line) => line.message === message),
    )
  }

  waitFor<Value>(what: string, check: () => Value | Promise<Value>) {
    return waitUntil(check as () => Promise<Exclude<Value, false>>, { what, timeoutMs }).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${JSON.stringify(this.logged.slice(-10), null, 1)}`, {
          cause: error,
        })
      },
    )
  }

  /** What the mailbox row says now. */
  async now(): Promise<MailboxRow> {
    return (await this.#desk.db<MailboxRow>('mailboxes').where({ id: this.row.id }).first()) as MailboxRow
  }

  async cursor(): Promise<number> {
    return Number((await listCursors(this.#desk.db, this.row.id, 'INBOX'))[0]?.last_uid)
  }

  async bytesOf(row: InboundEmailRow): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(await this.#desk.blobs.open(row.raw_key)))
  }

  /** Does something in the folder as another mail client would. */
  async asOtherClient<Result>(
    work: (source: MailSource) => Promise<Result>,
    folder = 'INBOX',
  ): Promise<Result> {
    const source = await openSource(await this.now(), folder, {})
    try {
      return await work(source)
    } finally {
      await source.close()
    }
  }

  /** A connection of the test's own, which it closes. */
  async openSource(): Promise<MailSource> {
    return openSource(await this.now(), this.row.imap_folder, {})
  }

  /** UIDs, flags and bytes of the folder's mails. */
  look(folder = 'INBOX') {
    return this.asOtherClient(async (source) => {
      const listed = await source.describe(await source.listUids(0))
      const bytes = await source.fetchSources(listed.map(({ uid }) => uid))
      return listed.map(({ uid, flags }) => ({ uid, flags, bytes: Buffer.from(bytes.get(uid) ?? []) }))
    }, folder)
  }

  /** Resolves when the poller had time for `polls` more good polls. */
  async waitForPolls(polls: number): Promise<void> {
    for (let seen = 0; seen < polls; seen += 1) {
      const before = (await this.now()).last_polled_at?.getTime() ?? 0
      await this.waitFor(
        'another poll',
        async () => ((await this.now()).last_polled_at?.getTime() ?? 0) > before,
      )
      await sleep(1)
    }
  }
}

function openSource(mailbox: MailboxRow, folder: string, limits: Partial<ImapLimits>): Promise<MailSource> {
  return openMailSource({
    access: {
      host: '127.0.0.1',
      port: Number(mailbox.imap_port),
      tls: 'none',
      user: mailbox.imap_user ?? '',
      password: mailbox.imap_secret ?? '',
    },
    folder,
    limits: { ...defaultImapLimits, ...limits },
    log: quietLog,
  })
}

/** The source with some of its methods replaced; the others are its own. */
export function withMethods(source: MailSource, methods: Partial<MailSource>): MailSource {
  return new Proxy(source, {
    get(target, name) {
      const own = (methods as Record<string | symbol, unknown>)[name]
      if (own) return own
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
