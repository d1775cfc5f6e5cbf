import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from './repository.ts'
import { createScratchRepository, type ScratchRepository } from './scratch-repository.ts'

const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

const breaches = [
  {
    broken: 'core reads files',
    path: 'packages/core/src/peek-at-files.ts',
    source: `import { readFileSync } from 'node:fs'\nexport const peek = readFileSync\n`,
    rule: 'core-is-pure',
  },
  {
    broken: 'core imports db',
    path: 'packages/core/src/peek-at-rows.ts',
    source: `import type { Row } from '@maildesk/db'\nexport type Peek = Row\n`,
    rule: 'core-imports-only-itself',
  },
  {
    broken: 'core imports a library',
    path: 'packages/core/src/peek-at-yaml.ts',
    source: `export { default } from 'yaml'\n`,
    rule: 'core-needs-no-library',
  },
  {
    broken: 'an app imports another app',
    path: 'apps/worker/src/main.ts',
    source: `import '../../api/src/index.ts'\n`,
    rule: 'no-app-imports-another',
  },
  {
    broken: 'two files import each other',
    path: 'packages/core/src/index.ts',
    source: `export * from './ids.ts'\nexport * from './loop.ts'\n`,
    rule: 'no-cycles',
  },
  {
    broken: 'flows names a library that db owns',
    path: 'packages/flows/src/query.ts',
    source: `export { default } from 'knex'\n`,
    rule: 'only-db-and-migrations-uses-knex',
  },
  {
    broken: 'production code imports a development package',
    path: 'packages/db/src/helper.ts',
    source: `import '@maildesk/devtools'\n`,
    rule: 'dev-packages-stay-in-tests',
  },
  {
    broken: 'a package goes around another one’s index',
    path: 'packages/flows/src/around.ts',
    source: `export * from '../../db/src/tables.ts'\n`,
    rule: 'siblings-by-name',
  },
  {
    broken: 'a migration imports application code',
    path: 'migrations/20260101000000_create_things.ts',
    source: `export * from '@maildesk/core'\n`,
    rule: 'migrations-stand-alone',
  },
  {
    broken: 'an import leads nowhere',
    path: 'packages/db/src/lost.ts',
    source: `import './gone.ts'\n`,
    rule: 'every-import-resolves',
  },
  {
    broken: 'a flow reads the environment',
    path: 'packages/flows/src/setting.ts',
    source: `export const url = process.env['DATABASE_URL']\n`,
    rule: 'no-environment',
  },
]

test('the border check passes on a tree in order, and says how many files it looked at', () => {
  const { status, output } = checkScratch(() => undefined)
  expect(output).toMatch(/^(\d+) of \1 source files looked at\n$/)
  expect(status).toBe(0)
})

describe('the border check fails when', () => {
  // One run over all the breaches: each run starts a compiler, and every breach has a file of its own.
  let found: { status: number | null; output: string }
  beforeAll(() => {
    found = checkScratch((scratch) => {
      for (const { path, source } of breaches) scratch.write(path, source)
    })
    expect(found.status).toBe(1)
  })

  test.each(breaches)('$broken', ({ path, rule }) => {
    expect(found.output).toContain(`\n${rule}: ${path}`)
  })
})

test('the border check fails when the compiler it needs is missing and it would see nothing', () => {
  const { status, output } = checkScratch(() => undefined, { withOlderTypescript: false })
  expect(output).toContain('0 of')
  expect(output).toContain('not-looked-at: packages/core/src/index.ts')
  expect(status).toBe(1)
})

test('the border check fails where there is nothing to look at', () => {
  const empty = mkdtempSync(join(tmpdir(), 'maildesk-empty-'))
  try {
    const { status, output } = runCheck([empty], repositoryRoot)
    expect(output).toContain('no-sources')
    expect(status).toBe(1)
  } finally {
    rmdirSync(empty)
  }
})

test('`npm run check` runs the border check, and every other check', () => {
  const parts = Object.keys(scripts).filter((name) => name.startsWith('check:'))
  expect(parts).toContain('check:borders')
  for (const part of parts) expect(scripts.check).toContain(`npm run ${part}`)
})

function writeCleanTree(scratch: ScratchRepository): void {
  scratch.write('packages/devtools/src/index.ts', 'export {}\n')
  scratch.write('packages/core/src/index.ts', `export * from './ids.ts'\n`)
  scratch.write('packages/core/src/ids.ts', `export { createHash } from 'node:crypto'\n`)
  scratch.write('packages/core/src/loop.ts', `import './index.ts'\n`)
  scratch.write('packages/db/src/index.ts', `export * from './tables.ts'\n`)
  scratch.write(
    'packages/db/src/comment.ts',
    '// a comment about process.env is no reading of it\nexport const x = 1\n',
  )
  scratch.write('packages/db/src/tables.ts', `import '@maildesk/core'\nexport type Row = object\n`)
  scratch.write('packages/flows/src/index.ts', `import '@maildesk/db'\nimport '@maildesk/core'\n`)
  scratch.write('packages/flows/src/index.test.ts', `import '@maildesk/devtools'\nimport './index.ts'\n`)
  scratch.write('apps/api/src/index.ts', `import '@maildesk/flows'\n`)
  scratch.write('apps/worker/src/main.ts', `import '@maildesk/flows'\nexport const url = process.env['X']\n`)
}

/** Lays a clean tree, lets the test spoil it, and runs the very command of `npm run check:borders` there. */
function checkScratch(spoil: (scratch: ScratchRepository) => void, options = {}) {
  const scratch = createScratchRepository(options)
  try {
    writeCleanTree(scratch)
    spoil(scratch)
    return runCheck([], scratch.root)
  } finally {
    scratch.remove()
  }
}

function runCheck(extra: readonly string[], cwd: string) {
  const [program, ...args] = (scripts['check:borders'] ?? '').split(' ')
  expect(program).toBe('node')
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...extra], {
    cwd,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}
