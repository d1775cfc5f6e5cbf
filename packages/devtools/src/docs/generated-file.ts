import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes `text` to `file` below `root`, or only compares when `check` is true.
 * @returns whether the file differed (or was missing) before.
 */
export function writeOrCompare(root: string, file: string, text: string, check: boolean): boolean {
  const path = join(root, file)
  const differs = readIfThere(path) !== text
  if (differs && !check) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return differs
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}
