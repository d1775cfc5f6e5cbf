import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { repositoryRoot } from './repository.ts'

const SIBLINGS = [
  'packages/core',
  'packages/db',
  'packages/flows',
  'packages/devtools',
  'apps/api',
  'apps/worker',
]

/** A small tree with the real rules and the real check, but source files of the test's own making. */
export interface ScratchRepository {
  readonly root: string
  write(path: string, text: string): void
  remove(): void
}

/**
 * Copies the border rules and this package's scripts to a temporary folder and links the installed libraries, so
 * that a test can break a rule without touching this repository. Without `withOlderTypescript` the copy has only
 * TypeScript 7, as after a careless clean-up of `packages/devtools/package.json`.
 */
export function createScratchRepository({ withOlderTypescript = true } = {}): ScratchRepository {
  const root = mkdtempSync(join(tmpdir(), 'maildesk-borders-'))
  copy('package.json', root)
  copy('.dependency-cruiser.mjs', root)
  copy('packages/devtools/src/repository.ts', root)
  copy('packages/devtools/src/check-borders.ts', root)
  copy('packages/devtools/src/borders', root)
  linkLibraries(root)
  for (const folder of SIBLINGS) linkSibling(root, folder)
  if (withOlderTypescript) link('packages/devtools/node_modules', root)
  return {
    root,
    write: (path, text) => writeUnder(root, path, text),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

function copy(path: string, root: string): void {
  cpSync(join(repositoryRoot, path), join(root, path), { recursive: true })
}

function link(path: string, root: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  symlinkSync(join(repositoryRoot, path), join(root, path))
}

function linkLibraries(root: string): void {
  const installed = readdirSync(join(repositoryRoot, 'node_modules'))
  for (const name of installed.filter((entry) => entry !== '@maildesk')) link(`node_modules/${name}`, root)
}

function linkSibling(root: string, folder: string): void {
  const name = `@maildesk/${basename(folder)}`
  const manifest = { name, type: 'module', exports: { '.': './src/index.ts' } }
  writeUnder(root, `${folder}/package.json`, JSON.stringify(manifest))
  mkdirSync(join(root, 'node_modules/@maildesk'), { recursive: true })
  symlinkSync(join(root, folder), join(root, 'node_modules', name))
}

function writeUnder(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
