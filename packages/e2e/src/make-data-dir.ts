// A data directory for one sandbox of a test.
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * An empty folder that others may pass through: as root, the embedded PostgreSQL runs as another user, and would keep its
 * cluster outside of a closed folder, where no test removes it.
 */
export async function makeDataDir(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `maildesk ${name} `))
  await chmod(folder, 0o711)
  return folder
}
