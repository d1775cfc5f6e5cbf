/* A mail server for people who try maildesk, and for its tests: SMTP in, IMAP out, on loopback, kept on disk.
   Not for the open world: no TLS, one password for all. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@maildesk/core'
import { holdLock } from '../postgres/lock-file.ts'
import { startImapServer } from './imap/start-imap-server.ts'
import { DEFAULT_MAX_MAIL_BYTES, MAX_NAME_BYTES } from './limits.ts'
import { startSmtpServer } from './smtp/start-smtp-server.ts'
import { accountAddress, domainOf } from './store/addresses.ts'
import { MailStore } from './store/mail-store.ts'

export interface SandboxMailServerOptions {
  /** Folder for the mail; made when missing. Give it to nothing else. */
  readonly dir: string
  /** Opens every mailbox. */
  readonly password: string
  /** Every address at these has a mailbox. */
  readonly domains: readonly string[]
  /** Taken if it can be, else a free one. */
  readonly wantedSmtpPort?: number
  /** Taken if it can be, else a free one. */
  readonly wantedImapPort?: number
  /** Largest mail; bytes, 60 MB unless told. */
  readonly maxMailBytes?: number
  readonly log: Log
}

export interface SandboxMailServer {
  /** smtp://127.0.0.1:port */
  readonly smtpUrl: string
  /** imap://:password@127.0.0.1:port; the user is whichever address is wanted. */
  readonly imapUrl: string
  readonly smtpPort: number
  readonly imapPort: number
  /**
   * Puts a mail into the recipient's INBOX as it is, without SMTP and without trace headers. On disk when this resolves.
   *
   * @throws Error when the recipient's domain is not of this sandbox.
   */
  deliver(recipient: string, raw: Uint8Array, options?: { readonly internalDate?: Date }): Promise<void>
  stop(): Promise<void>
}

/** @throws Error when another process uses `dir`; the system's error when no port at all can be opened. */
export async function startSandboxMailServer(options: SandboxMailServerOptions): Promise<SandboxMailServer> {
  const { dir, maxMailBytes = DEFAULT_MAX_MAIL_BYTES, log } = options
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const lock = await holdLock(join(dir, 'lock'), `the sandbox mail in ${dir}`)
  const store = new MailStore(join(dir, 'mailboxes'))
  const context = { store, maxMailBytes, log, ...accessRules(options) }
  try {
    const smtp = await startSmtpServer(options.wantedSmtpPort, context)
    try {
      const imap = await startImapServer(options.wantedImapPort, context)
      return {
        smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
        imapUrl: `imap://:${encodeURIComponent(options.password)}@127.0.0.1:${imap.port}`,
        smtpPort: smtp.port,
        imapPort: imap.port,
        async deliver(recipient, raw, { internalDate = new Date() } = {}) {
          if (!context.isOurs(recipient)) throw new Error(`${recipient} is not at a domain of the sandbox`)
          await (await store.account(recipient)).inbox.add(raw, internalDate)
        },
        async stop() {
          await Promise.all([smtp.stop(), imap.stop()])
          await store.settle()
          await lock.release()
        },
      }
    } catch (error) {
      await smtp.stop()
      throw error
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

function accessRules({ domains, password }: SandboxMailServerOptions) {
  const ours = new Set(domains.map((domain) => domain.toLowerCase()))
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(password)
  const isOurs = (address: string) =>
    ours.has(domainOf(address)) && encodeURIComponent(accountAddress(address)).length <= MAX_NAME_BYTES
  return {
    isOurs,
    mayLogIn: (address: string, given: string) => isOurs(address) && timingSafeEqual(digest(given), expected),
  }
}
