// The sandbox of `npm start`: a mail server on loopback, a mailbox on it, an admin with a token, and sample mails.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { MailboxId, UserId } from '@maildesk/core'
import {
  createApiToken,
  findMailboxByAddress,
  findTokenHolder,
  findUserByEmail,
  insertMailbox,
  insertUser,
  inTransaction,
  type MailboxRow,
  updateMailbox,
} from '@maildesk/db'
import { type Lifecycle, seal } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { printLine } from './print.ts'
import { readIfThere, writePrivateFile } from './sandbox-files.ts'

const supportAddress = 'support@desk.example'
const adminAddress = 'admin@desk.example'
/** Every address here has a mailbox in the sandbox. */
const domains = ['desk.example', 'customers.example']
/** Ports people remember; free ones are taken instead when these are in use. */
const wantedPorts = { smtp: 2525, imap: 1143 }

/** What scripts read from `sandbox.json`. */
interface SandboxFile {
  readonly api_url: string
  readonly smtp_url: string
  readonly imap_url: string
  readonly support_address: string
  readonly admin_token: string
  readonly ops_url: string
}

export interface Sandbox {
  /** Prints how to use it and writes `sandbox.json`. */
  announce(apiUrl: string | undefined): Promise<void>
}

/** Starts the mail server and prepares mailbox, admin and sample mails; the lifecycle stops it. */
export async function openSandbox(desk: Desk, lifecycle: Lifecycle): Promise<Sandbox> {
  const { dataDir } = desk.config
  const { sampleMails, startSandboxMailServer } = await import('@maildesk/embedded')
  const password = await ensurePassword(dataDir)
  const server = await startSandboxMailServer({
    dir: join(dataDir, 'sandbox-mail'),
    password,
    domains,
    wantedSmtpPort: wantedPorts.smtp,
    wantedImapPort: wantedPorts.imap,
    log: desk.log,
  })
  lifecycle.add('sandbox mail server', () => server.stop())
  await ensureMailbox(desk, server, password)
  const adminToken = await ensureAdmin(desk)
  await deliverSamples(dataDir, async () => {
    for (const { to, raw } of sampleMails(supportAddress, desk.deps.clock.now()))
      await server.deliver(to, raw)
  })
  return {
    async announce(apiUrl) {
      const file: SandboxFile = {
        api_url: apiUrl ?? '',
        smtp_url: server.smtpUrl,
        imap_url: `imap://${encodeURIComponent(supportAddress)}:${password}@127.0.0.1:${server.imapPort}`,
        support_address: supportAddress,
        admin_token: adminToken,
        ops_url: apiUrl ? `${apiUrl}/ops` : '',
      }
      await writePrivateFile(sandboxFile(dataDir), `${JSON.stringify(file, null, 2)}\n`)
      lines(file, password).forEach(printLine)
    },
  }
}

function lines(file: SandboxFile, password: string): string[] {
  return [
    '',
    '  maildesk is running, in a sandbox: nothing leaves this machine.',
    '',
    `  write to      ${file.support_address}, from any address at ${domains.join(' or ')}, through ${file.smtp_url}`,
    `  read answers  IMAP ${new URL(file.imap_url).host}, user: the address written from, password: ${password}`,
    `  API           ${file.api_url}/api/v1/tickets`,
    `  API docs      ${file.api_url}/api/docs`,
    `  queues        ${file.api_url}/ops/queues`,
    `  sign in with  Authorization: Bearer ${file.admin_token}`,
    '',
    '  Ctrl-C stops it; npm start goes on where it was.',
    '',
  ]
}

const sandboxFile = (dataDir: string) => join(dataDir, 'sandbox.json')

async function ensurePassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'sandbox-password')
  const known = (await readIfThere(path))?.trim()
  if (known) return known
  const password = randomBytes(9).toString('base64url')
  await writePrivateFile(path, `${password}\n`)
  return password
}

async function ensureMailbox(
  { deps, config }: Desk,
  ports: { smtpPort: number; imapPort: number },
  password: string,
): Promise<void> {
  const known = await findMailboxByAddress(deps.db, supportAddress)
  const id = known?.id ?? (deps.ids.uuid() as MailboxId)
  const access: Partial<MailboxRow> = {
    imap_host: '127.0.0.1',
    imap_port: ports.imapPort,
    imap_tls: 'none',
    imap_user: supportAddress,
    imap_secret: seal(password, `mailbox:${id}:imap`, config.secretKeys),
    smtp_host: '127.0.0.1',
    smtp_port: ports.smtpPort,
    smtp_tls: 'none',
    smtp_user: null,
  }
  if (known) await updateMailbox(deps.db, id, access)
  else
    await inTransaction(deps.db, (tx) =>
      insertMailbox(tx, {
        id,
        address: supportAddress,
        display_name: 'Example Support',
        sub_addressing: 'plus',
        // Who tries the desk out waits for the answer.
        undo_seconds: 0,
        // Nothing here can prove a sender, and nobody but this machine can send.
        trusts_agent_mail: true,
        ...access,
      }),
    )
}

/** The admin and a token that works: the one of the last start, or a new one. */
async function ensureAdmin({ deps, config }: Desk): Promise<string> {
  const before = await readIfThere(sandboxFile(config.dataDir))
  const known = before ? (JSON.parse(before) as SandboxFile).admin_token : undefined
  if (known && (await findTokenHolder(deps.db, known))?.isLive) return known
  const found = await findUserByEmail(deps.db, adminAddress)
  const { token } = await inTransaction(deps.db, async (tx) => {
    const admin =
      found ??
      (await insertUser(tx, {
        id: deps.ids.uuid() as UserId,
        email: adminAddress,
        first_name: 'Ada',
        last_name: 'Admin',
        role: 'admin',
      }))
    return createApiToken(tx, { id: deps.ids.uuid(), userId: admin.id, name: 'sandbox', expiresAt: null })
  })
  return token
}

/** Once per data directory. Killed in between, it is done again: maildesk recognises mail it has. */
async function deliverSamples(dataDir: string, deliver: () => Promise<void>): Promise<void> {
  const marker = join(dataDir, 'samples-delivered')
  if ((await readIfThere(marker)) !== undefined) return
  await deliver()
  await writePrivateFile(marker, '')
}
