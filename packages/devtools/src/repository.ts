import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Absolute path of the repository this file belongs to. */
export const repositoryRoot = join(import.meta.dirname, '../../..')

const NEVER_ENTERED = new Set(['node_modules', 'data', '.git'])

/**
 * Every file below the given folders of `root`, as sorted paths relative to `root` with forward slashes.
 * Installed packages, the data directory and Git's own files are left out; a folder that does not exist holds
 * no files.
 */
export function listFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => filesBelow(root, join(root, folder))).sort()
}

function filesBelow(root: string, folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return NEVER_ENTERED.has(entry.name) ? [] : filesBelow(root, path)
    return entry.isFile() ? [relative(root, path).split(sep).join('/')] : []
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}
