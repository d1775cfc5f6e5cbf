// A copy of the repository that may be broken: files as git knows them, libraries by link, siblings by link to the copy.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

export interface ScratchCopy {
  readonly folder: string
  remove(): void
}

export function makeScratchCopy(): ScratchCopy {
  const folder = mkdtempSync(join(tmpdir(), 'maildesk-sabotage-'))
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  for (const file of files.split('\0').filter((name) => name !== '')) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  linkModules(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function linkModules(from: string, to: string): void {
  mkdirSync(join(to, '@maildesk'), { recursive: true })
  // Caches are the copy's own: vitest and vite write there.
  for (const name of readdirSync(from))
    if (name !== '@maildesk' && !name.startsWith('.vite')) symlinkSync(join(from, name), join(to, name))
  // These links are relative, so that in the copy they lead to the copy.
  for (const name of readdirSync(join(from, '@maildesk')))
    symlinkSync(readlinkSync(join(from, '@maildesk', name)), join(to, '@maildesk', name))
}
