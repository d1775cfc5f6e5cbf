// Where bytes live. The driver table: one row per kind of STORAGE_URL.
import { fileURLToPath } from 'node:url'
import { type ListableBlobStore, MaildeskError } from '@maildesk/core'
import { type FileBlobStoreOptions, openFileBlobStore } from './file-blob-store.ts'

const drivers: Readonly<
  Record<string, (url: URL, options: FileBlobStoreOptions) => Promise<ListableBlobStore>>
> = {
  'file:': (url, options) => openFileBlobStore(fileURLToPath(url), options),
}

/**
 * Opens the blob store that `storageUrl` names. What it holds survives a crash of the machine unless `durable` is false.
 * @throws MaildeskError config.invalid for a scheme without a driver; blob.unavailable.
 */
export async function openBlobStore(
  storageUrl: string,
  options: FileBlobStoreOptions = {},
): Promise<ListableBlobStore> {
  const url = new URL(storageUrl)
  const open = drivers[url.protocol]
  if (!open) {
    const known = Object.keys(drivers).join(', ')
    throw new MaildeskError(
      'config.invalid',
      `STORAGE_URL: no driver for ${url.protocol} (there are: ${known})`,
    )
  }
  return open(url, options)
}
