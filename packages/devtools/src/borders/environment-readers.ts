import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the environment may be read: the configuration, the processes' entry files, and what only tests use. */
const MAY_READ = [/^packages\/(runtime|testkit|e2e|devtools)\//, /^apps\/[^/]+\/src\/main\.ts$/]

const READS_ENVIRONMENT =
  /\bprocess\s*\??\.\s*env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/

/**
 * Those of `sources` (paths relative to `root`) that read `process.env` without being allowed to. Settings reach
 * everyone else as arguments, validated once.
 */
export function findEnvironmentReaders(root: string, sources: readonly string[]): string[] {
  return sources
    .filter((path) => !MAY_READ.some((allowed) => allowed.test(path)))
    .filter((path) => READS_ENVIRONMENT.test(withoutComments(readFileSync(join(root, path), 'utf8'))))
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}
