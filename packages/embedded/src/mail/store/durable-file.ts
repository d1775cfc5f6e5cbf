/* Files that are there whole or not at all, also after a power cut. */

import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What the name of every unfinished file begins with. */
export const DRAFT_PREFIX = '.draft-'

/** Writes `content` beside its place and waits for the disk; `finish` puts it there. */
export async function writeDraft(folder: string, content: Uint8Array | string): Promise<string> {
  const draft = join(folder, `${DRAFT_PREFIX}${randomBytes(8).toString('hex')}`)
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    return draft
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Writes a file whole, replacing one that is there; on disk when this resolves. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const draft = await writeDraft(dirname(path), content)
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** Waits until the disk knows the names in a folder. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
