import type { BlobStore } from '@maildesk/core'

/** Where decoded parts go; a BlobStore is one. */
export type PartSink = Pick<BlobStore, 'put'>
