/* Finds a server's binary, or says how to get it: a suite without its server fails, it never skips. */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

// An ordinary user's PATH often leaves out the sbin folders where Debian keeps servers.
const SBIN_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin']

/**
 * The absolute path of an executable.
 *
 * @param name the file's name, e.g. 'dovecot'
 * @param debianPackages what to install when it is missing
 * @throws Error with the exact apt-get line when it is not installed.
 */
export function requireProgram(name: string, debianPackages: readonly string[]): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...SBIN_FOLDERS]
  const found = folders.map((folder) => join(folder, name)).find(isExecutable)
  if (found) return found
  throw new Error(
    `This test needs ${name}, which is not installed. Install it with:\n` +
      `  apt-get install -y --no-install-recommends ${debianPackages.join(' ')}`,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // absent or not executable: both mean "look further"
  }
}
