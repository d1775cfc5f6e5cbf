// `maildesk doctor --deep`: storage, rows, folders and this host, one after the other; what cannot be checked is told
// and does not stop the rest.
import { statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { clockSkewMs, errorText, isDiskLow } from '@maildesk/core'
import {
  listMailboxes,
  listMailboxFolders,
  type MailboxFolderRow,
  type MailboxRow,
  readClocks,
} from '@maildesk/db'
import { type CountedFinding, checkBlobs, checkRows, Findings, findOrphans } from '@maildesk/flows'
import { compareFolder } from '@maildesk/poller'
import { openBlobStore } from '@maildesk/storage'
import type { Desk } from '@maildesk/wiring'
import { withSource } from './open-source.ts'
import { openRepairs } from './repair-blob.ts'

export interface DeepCheck {
  readonly findings: readonly CountedFinding[]
  /** What could not be checked, and why. */
  readonly unchecked: readonly { readonly check: string; readonly error: string }[]
  readonly checked: Readonly<Record<string, number>>
}

/** Checks everything. Never throws for a part that is away. */
export async function deepCheck(
  desk: Desk,
  { repair, onProgress }: { readonly repair: boolean; readonly onProgress: (text: string) => void },
): Promise<DeepCheck> {
  const { db, clock } = desk.deps
  const findings = new Findings()
  const unchecked: { check: string; error: string }[] = []
  const checked: Record<string, number> = {}
  const attempt = async (check: string, work: () => Promise<Record<string, number> | undefined>) => {
    onProgress(check)
    try {
      Object.assign(checked, await work())
    } catch (error) {
      unchecked.push({ check, error: errorText(error) })
    }
  }

  const repairs = repair ? openRepairs(desk) : undefined
  const blobDeps = async () => ({
    ...{ db, clock, onProgress, blobs: await openBlobStore(desk.config.storageUrl) },
    ...(repairs && { repair: repairs.repair }),
  })
  try {
    await attempt('clock', async () => {
      const skewMs = Math.round(clockSkewMs(await readClocks(db, clock)))
      if (Math.abs(skewMs) > desk.config.maxClockSkewMs)
        findings.add({ finding: 'clock-skew', of: 'PostgreSQL', detail: `${skewMs} ms ahead of this host` })
      return undefined
    })
    await attempt('disk', () => checkDisk(desk.config.storageUrl, findings))
    await attempt('rows', async () => {
      await checkRows(db, findings, onProgress)
      return undefined
    })
    await attempt('blobs', async () => ({ ...(await checkBlobs(await blobDeps(), findings)) }))
    await attempt('orphans', async () => {
      const { orphans, bytes } = await findOrphans(await blobDeps(), findings)
      return { orphans, orphan_bytes: bytes }
    })
    await attempt('folders', async () => {
      let folders = 0
      for (const { mailbox, row } of await listReadFolders(desk)) {
        await attempt(`${mailbox.address} ${row.name}`, async () => {
          await checkFolder(desk, mailbox, row, findings)
          folders += 1
          return undefined
        })
      }
      return { folders }
    })
  } finally {
    await repairs?.close()
  }
  return { findings: findings.list(), unchecked, checked }
}

async function checkDisk(storageUrl: string, findings: Findings): Promise<undefined> {
  const { bavail, blocks, bsize } = await statfs(fileURLToPath(storageUrl))
  const [freeBytes, totalBytes] = [bavail * bsize, blocks * bsize]
  if (isDiskLow({ freeBytes, totalBytes }))
    findings.add({ finding: 'disk-low', of: 'storage', detail: `${freeBytes} of ${totalBytes} bytes free` })
  return undefined
}

interface ReadFolder {
  readonly mailbox: MailboxRow
  readonly row: MailboxFolderRow
}

async function listReadFolders({ deps }: Desk): Promise<ReadFolder[]> {
  const mailboxes = new Map(
    (await listMailboxes(deps.db))
      .filter(({ is_active, imap_host }) => is_active && imap_host)
      .map((mailbox) => [mailbox.id, mailbox]),
  )
  return (await listMailboxFolders(deps.db)).flatMap((row) => {
    const mailbox = mailboxes.get(row.mailbox_id)
    return mailbox && row.is_active ? [{ mailbox, row }] : []
  })
}

async function checkFolder(
  desk: Desk,
  mailbox: MailboxRow,
  row: MailboxFolderRow,
  findings: Findings,
): Promise<void> {
  const of = `${mailbox.address} ${row.name}`
  const found = await withSource(desk, mailbox, row.name, (source) =>
    compareFolder(desk.deps.db, source, { mailbox, row }),
  )
  const { isKnown, uidValidity, unaccounted, unread, examples } = found
  if (!isKnown) findings.add({ finding: 'uidvalidity-unknown', of, detail: `UIDVALIDITY ${uidValidity}` })
  if (unaccounted > 0)
    findings.add({ finding: 'mail-unaccounted', of, detail: `UIDs ${examples.join(' ')}` }, unaccounted)
  if (unread > 0) findings.add({ finding: 'mail-unread', of, detail: `${unread} mails` }, unread)
}
