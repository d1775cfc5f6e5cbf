// A person beside the sandbox: reads sandbox.json, mails, looks into mailboxes, calls the API.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitUntil } from '@maildesk/testkit'
import { ImapFlow } from 'imapflow'
import { createTransport, type SendMailOptions } from 'nodemailer'

export interface SandboxFile {
  readonly api_url: string
  readonly smtp_url: string
  readonly imap_url: string
  readonly support_address: string
  readonly admin_token: string
  readonly ops_url: string
}

/** What a caller of the API must know, in a sandbox or not. */
export type ApiAccess = Pick<SandboxFile, 'api_url' | 'admin_token'>

export async function readSandboxFile(dataDir: string): Promise<SandboxFile> {
  return JSON.parse(await readFile(join(dataDir, 'sandbox.json'), 'utf8')) as SandboxFile
}

export async function sendBySmtp(sandbox: SandboxFile, mail: SendMailOptions): Promise<void> {
  const transport = createTransport(sandbox.smtp_url)
  try {
    await transport.sendMail(mail)
  } finally {
    transport.close()
  }
}

/** All mails of an address's INBOX, as text, oldest first. */
export async function readMailbox(sandbox: SandboxFile, address: string): Promise<string[]> {
  const url = new URL(sandbox.imap_url)
  const client = new ImapFlow({
    host: url.hostname,
    port: Number(url.port),
    secure: false,
    doSTARTTLS: false,
    logger: false,
    auth: { user: address, pass: decodeURIComponent(url.password) },
  })
  await client.connect()
  try {
    await client.mailboxOpen('INBOX', { readOnly: true })
    const mails: string[] = []
    for await (const message of client.fetch('1:*', { source: true }))
      mails.push(message.source?.toString() ?? '')
    return mails
  } finally {
    await client.logout()
  }
}

/** Waits for a mail that holds `text`. */
export async function waitForMail(sandbox: SandboxFile, address: string, text: string): Promise<string> {
  return waitUntil(async () => (await readMailbox(sandbox, address)).find((mail) => mail.includes(text)), {
    timeoutMs: 15_000,
    intervalMs: 200,
    what: `a mail with "${text}" in the mailbox of ${address}`,
  })
}

/** Calls the API; the answer's status and its JSON, taken to be an `Answer`. */
export async function callApi<Answer>(
  sandbox: ApiAccess,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Answer }> {
  const response = await fetch(`${sandbox.api_url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${sandbox.admin_token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: response.status, json: (await response.json()) as Answer }
}

export interface ListedTicket {
  readonly id: string
  readonly number: number | string
  readonly title: string
  readonly source: string
}

export interface ListedMessage {
  readonly id: string
  readonly message_text: string
  readonly is_internal: boolean
  readonly attachments: readonly { readonly content_type: string; readonly source: string }[]
}

export async function listMessages(sandbox: ApiAccess, ticketId: string): Promise<readonly ListedMessage[]> {
  return (await callApi<{ items: ListedMessage[] }>(sandbox, 'GET', `/tickets/${ticketId}/messages`)).json
    .items
}

export interface ListedInbound {
  readonly id: string
  readonly status: string
  readonly reason: string | null
  readonly decision: unknown
}

export async function listInbound(sandbox: ApiAccess, query = ''): Promise<readonly ListedInbound[]> {
  return (await callApi<{ items: ListedInbound[] }>(sandbox, 'GET', `/inbound-emails?limit=100${query}`)).json
    .items
}

export async function listTickets(sandbox: ApiAccess): Promise<ListedTicket[]> {
  const { json } = await callApi<{ items: ListedTicket[] }>(sandbox, 'GET', '/tickets?limit=100')
  return json.items
}

export async function waitForTicket(sandbox: ApiAccess, title: string): Promise<ListedTicket> {
  return waitUntil(async () => (await listTickets(sandbox)).find((ticket) => ticket.title === title), {
    timeoutMs: 15_000,
    intervalMs: 50,
    what: `a ticket titled "${title}"`,
  })
}

/** A header field of a raw mail, unfolded. */
export function headerOf(raw: string, name: string): string | undefined {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ')
  return new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim()
}
