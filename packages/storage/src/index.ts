// Where bytes live. The driver table: one row per kind of STORAGE_URL.
import { fileURLToPath } from 'node:url'
import { type BlobStore, MaildeskError } from '@maildesk/core'
import { openFileBlobStore } from './file-blob-store.ts'

const drivers: Readonly<Record<string, (url: URL) => Promise<BlobStore>>> = {
  'file:': (url) => openFileBlobStore(fileURLToPath(url)),
}

/**
 * Opens the blob store that `storageUrl` names.
 * @throws MaildeskError config.invalid for a scheme without a driver; blob.unavailable.
 */
export async function openBlobStore(storageUrl: string): Promise<BlobStore> {
  const url = new URL(storageUrl)
  const open = drivers[url.protocol]
  if (!open) {
    const known = Object.keys(drivers).join(', ')
    throw new MaildeskError(
      'config.invalid',
      `STORAGE_URL: no driver for ${url.protocol} (there are: ${known})`,
    )
  }
  return open(url)
}
