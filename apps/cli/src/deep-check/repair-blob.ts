// Bytes that the storage lost, brought back: raw mails from IMAP, files from the mail they came in.
import { join } from 'node:path'
import { type MailboxId, MaildeskError, type MailSource } from '@maildesk/core'
import { type BlobUse, findMailbox, type MailOrigin } from '@maildesk/db'
import { createEmailParser } from '@maildesk/mail'
import { refetchMail } from '@maildesk/poller'
import { type Desk, parseLimits } from '@maildesk/wiring'
import { withSource } from './open-source.ts'

export interface Repairs {
  readonly repair: (use: BlobUse, origin: MailOrigin) => Promise<boolean>
  close(): Promise<void>
}

/** Only adds bytes under their own hash, so nothing that is sound can be harmed. */
export function openRepairs(desk: Desk): Repairs {
  const { deps, config, log } = desk
  const parser = createEmailParser({
    blobs: deps.blobs,
    children: 1,
    tmpDir: join(config.dataDir, 'tmp'),
    limits: parseLimits(config),
    log,
  })
  return {
    async repair(use, origin) {
      const isRaw = use.table === 'inbound_emails'
      try {
        if (isRaw || !(await isSound(desk, origin.rawKey))) {
          if (!(await refetch(desk, origin))) return false
        }
        // Parsing puts every part of the mail into the storage, as it did the first time.
        if (!isRaw) await parser.parse(origin.rawKey)
        return await isSound(desk, use.key)
      } catch (error) {
        // One mail that cannot be brought back, for whatever reason, is told as it was found.
        if (error instanceof MaildeskError) return false
        throw error
      }
    },
    close: () => parser.close(),
  }
}

async function refetch(desk: Desk, origin: MailOrigin): Promise<boolean> {
  const { mailboxId, folder } = origin
  if (!mailboxId || !folder) return false
  const mailbox = await findMailbox(desk.deps.db, mailboxId satisfies MailboxId)
  if (!mailbox) return false
  const refetchFrom = (source: MailSource) => refetchMail(source, desk.deps.blobs, origin)
  return withSource(desk, mailbox, folder, refetchFrom)
}

async function isSound(desk: Desk, key: BlobUse['key']): Promise<boolean> {
  if ((await desk.deps.blobs.sizeOf(key)) === undefined) return false
  try {
    for await (const _ of await desk.deps.blobs.open(key));
    return true
  } catch (error) {
    if (error instanceof MaildeskError && error.code === 'blob.corrupt') return false
    throw error
  }
}
