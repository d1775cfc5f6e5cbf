/* The sandbox's mail server for tests that need a mailbox with folders, and not a real server's ways. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MailboxRow } from '@maildesk/db'
import { startSandboxMailServer } from '@maildesk/embedded'
import { ImapFlow } from 'imapflow'
import { quietLog } from './quiet-log.ts'

const password = 'a password of the tests'

/** A mail server that has every address of `domain`; `stop` it in `afterAll`. */
export async function startSandboxMail(domain: string) {
  const dir = await mkdtemp(join(tmpdir(), 'maildesk-sandbox-mail-'))
  const server = await startSandboxMailServer({ dir, password, domains: [domain], log: quietLog })

  async function as<Result>(user: string, work: (client: ImapFlow) => Promise<Result>): Promise<Result> {
    const auth = { user, pass: password }
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: server.imapPort,
      secure: false,
      auth,
      logger: false,
    })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.logout()
    }
  }

  return {
    /** Columns of a mailbox that is reached here. */
    accessOf: (address: string): Partial<MailboxRow> => ({
      address,
      imap_host: '127.0.0.1',
      imap_port: server.imapPort,
      imap_tls: 'none',
      imap_user: address,
      imap_secret: password,
    }),
    /** Every mail in a folder, oldest first; none when the folder is missing. */
    mailsIn: (address: string, folder: string) =>
      as(address, async (client) => {
        const mails: { raw: Buffer; flags: string[] }[] = []
        if (!(await client.list()).some(({ path }) => path === folder)) return mails
        await client.mailboxOpen(folder)
        for await (const { source, flags } of client.fetch('1:*', { source: true, flags: true }))
          mails.push({ raw: source ?? Buffer.alloc(0), flags: [...(flags ?? [])] })
        return mails
      }),
    put: (address: string, folder: string, raw: Uint8Array) =>
      as(address, async (client) => {
        await client.mailboxCreate(folder)
        await client.append(folder, Buffer.from(raw))
      }),
    async stop() {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
