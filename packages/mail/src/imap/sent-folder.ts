// The folder of sent mail in a mailbox: is a mail of ours in it, and put it there. One short connection each.
import { type ImapAccess, MaildeskError, type Rfc822Id, type SentFolder } from '@maildesk/core'
import type { ImapFlow } from 'imapflow'
import { toImapError } from './classify-imap-error.ts'
import { connectImap, type ImapLimits } from './connect.ts'

/** Milliseconds that a polite LOGOUT may take. */
const logoutTimeoutMs = 2_000

export function createSentFolder(limits: ImapLimits): SentFolder {
  return {
    holds: (access, folder, messageId) =>
      using(access, folder, limits, (client) => holds(client, folder, messageId)),
    keep: (access, folder, { messageId, raw, sentAt }) =>
      using(access, folder, limits, async (client) => {
        await ensureFolder(client, folder)
        if (await holds(client, folder, messageId)) return false
        // What we sent is read (RFC 9051 §6.3.12).
        const kept = await client.append(folder, Buffer.from(raw), ['\\Seen'], sentAt)
        if (!kept) throw new MaildeskError('imap.unavailable', `the server did not keep a mail in ${folder}`)
        return true
      }),
  }
}

/** Creates the folder when it is missing; a server that cannot says so when it is opened. */
async function ensureFolder(client: ImapFlow, folder: string): Promise<void> {
  const found = await client.list()
  if (found.some(({ path }) => path === folder) || folder.toUpperCase() === 'INBOX') return
  await client.mailboxCreate(folder)
}

/** SEARCH HEADER takes substrings (RFC 9051 §6.4.4); our own ids are whole words that no other holds. */
async function holds(client: ImapFlow, folder: string, messageId: Rfc822Id): Promise<boolean> {
  const lock = await client.getMailboxLock(folder)
  try {
    const found = await client.search({ header: { 'message-id': `<${messageId}>` } }, { uid: true })
    if (!found) throw new MaildeskError('imap.unavailable', `the server did not search ${folder}`)
    return found.length > 0
  } finally {
    lock.release()
  }
}

async function using<Result>(
  access: ImapAccess,
  folder: string,
  limits: ImapLimits,
  work: (client: ImapFlow) => Promise<Result>,
): Promise<Result> {
  const client = await connectImap(access, folder, limits)
  try {
    return await work(client)
  } catch (error) {
    throw toImapError(error, 'select', { host: access.host, folder })
  } finally {
    await Promise.race([
      client.logout().catch(() => undefined), // Whether it says good-bye does not matter any more.
      new Promise((resolve) => setTimeout(resolve, logoutTimeoutMs).unref()),
    ])
    client.close()
  }
}
