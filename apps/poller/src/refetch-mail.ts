// One mail that the ledger holds and the storage lost, brought back from the folder it came from.
import type { BlobStore, MailSource } from '@maildesk/core'
import type { MailOrigin } from '@maildesk/db'
import { maxHeaderBytes } from './keep-mails.ts'

/**
 * Puts the mail's bytes into the storage again. What the server has may have been changed or be another epoch's: only
 * bytes of the very same hash count. @returns whether they do. @throws MaildeskError imap.*, blob.unavailable
 */
export async function refetchMail(
  source: MailSource,
  blobs: Pick<BlobStore, 'put'>,
  { uid, uidValidity, rawKey, rawComplete }: MailOrigin,
): Promise<boolean> {
  if (uid === null || source.folder.uidValidity !== uidValidity) return false
  const [email] = await source.describe([uid])
  if (!email) return false
  const header = rawComplete ? undefined : await source.fetchHeader(uid, maxHeaderBytes)
  const bytes = rawComplete ? await source.stream(email) : header && [header]
  return bytes !== undefined && (await blobs.put(bytes)).key === rawKey
}
