// Can mail be read here? For `mailbox test` and `doctor`.
import type { ImapAccess } from '@maildesk/core'
import { toImapError } from './classify-imap-error.ts'
import { connectImap, defaultImapLimits } from './connect.ts'

export interface ImapProbe {
  /** In upper case, sorted. */
  readonly capabilities: readonly string[]
  /** Mails in the folder. */
  readonly exists: number
  readonly uidValidity: string
  /** Between a folder and its subfolder. */
  readonly delimiter: string
}

const probeLimits = { ...defaultImapLimits, connectionTimeoutMs: 15_000, socketTimeoutMs: 20_000 }

/**
 * Logs in and looks at the folder without changing anything (EXAMINE).
 * @throws MaildeskError imap.unavailable, imap.auth-failed, imap.folder-missing
 */
export async function probeImap(access: ImapAccess, folder: string): Promise<ImapProbe> {
  const client = await connectImap(access, folder, probeLimits)
  try {
    const mailbox = await client.mailboxOpen(folder, { readOnly: true })
    return {
      capabilities: [...client.capabilities.keys()].map((name) => name.toUpperCase()).sort(),
      exists: mailbox.exists,
      uidValidity: String(mailbox.uidValidity),
      delimiter: mailbox.delimiter,
    }
  } catch (error) {
    throw toImapError(error, 'select', { host: access.host, folder })
  } finally {
    client.close()
  }
}
