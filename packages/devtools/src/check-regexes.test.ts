import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { judgeRegex } from './regexes/judge-regex.ts'
import { repositoryRoot } from './repository.ts'

const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

const good = {
  'packages/core/src/trimmed.ts': `export const trimmed = (line: string) => line.replace(/^\\s+/, '')\n`,
  'packages/core/src/marked.ts': `export const marked = (line: string) =>
  // Trailing white space of one line.
  // regex-bounded: at most 78 characters
  line.slice(0, 78).replace(/\\s+$/, '')\n`,
  'packages/core/src/copied.ts': `const word = /[a-z]+/\nexport const words = new RegExp(word, 'g')\n`,
  'packages/core/src/built.ts': `const digit = '[0-9]'
export const digits = new RegExp(\`^\${digit}{1,9}$\`)
export const signed = new RegExp(String.raw\`^\\s?\${digit}\`)\n`,
  'packages/core/src/slow.test.ts': `export const inTest = /(a+)+$/\n`,
  'packages/core/src/told.ts': `// A comment about /(a+)+$/ and a 'string' with /(a|a)*$/ are no expressions.\n`,
}

const bad = [
  {
    broken: 'an expression is exponential',
    path: 'packages/core/src/exponential.ts',
    text: `export const nested = /^(a+)+$/\n`,
    tells: 'slow: packages/core/src/exponential.ts:1 /^(a+)+$/ is exponential: ',
  },
  {
    broken: 'an expression is polynomial',
    path: 'apps/api/src/polynomial.ts',
    text: `\nexport const end = /\\s+$/\n`,
    tells: 'slow: apps/api/src/polynomial.ts:2 /\\s+$/ is polynomial of degree 2: ',
  },
  {
    broken: 'one is made of a string',
    path: 'migrations/made.ts',
    text: `export const made = new RegExp('x*x*x*y')\n`,
    tells: 'slow: migrations/made.ts:1 /x*x*x*y/ is polynomial',
  },
  {
    broken: 'one is slow only where it looks ahead',
    path: 'packages/db/src/ahead.ts',
    text: `export const ahead = /^(?=(?:a|a)*b)/\n`,
    tells: 'slow: packages/db/src/ahead.ts:1 ',
  },
  {
    broken: 'one has a bound that is none',
    path: 'packages/db/src/wide.ts',
    text: `export const wide = /^(?:[a-z]{0,900}[a-z0-9]{0,900}){1,900}$/\n`,
    tells: 'slow: packages/db/src/wide.ts:1 ',
  },
  {
    broken: 'one is put together at run time',
    path: 'packages/db/src/late.ts',
    text: `export const late = (word: string) => new RegExp(word)\n`,
    tells: 'not-readable: packages/db/src/late.ts:1 ',
  },
  {
    broken: 'a mark gives no reason',
    path: 'packages/db/src/silent.ts',
    text: `// regex-bounded:\nexport const silent = /\\s+$/\n`,
    tells: 'slow: packages/db/src/silent.ts:2 ',
  },
  {
    broken: 'a mark is needed no more',
    path: 'packages/db/src/needless.ts',
    text: `// regex-bounded: one line\nexport const fine = /^a/\n`,
    tells: 'needless-mark: packages/db/src/needless.ts:1 ',
  },
]

test('the check of regular expressions passes where all are linear, marked or out of its sight', () => {
  const { status, output } = checkTree(good)
  expect(output).toBe('5 regular expressions in 5 source files looked at\n')
  expect(status).toBe(0)
})

describe('the check of regular expressions fails when', () => {
  let found: { status: number | null; output: string }
  beforeAll(() => {
    found = checkTree({ ...good, ...Object.fromEntries(bad.map(({ path, text }) => [path, text])) })
    expect(found.status).toBe(1)
  })

  test.each(bad)('$broken', ({ tells }) => {
    expect(found.output).toContain(`\n${tells}`)
  })
})

test('the check of regular expressions fails where there is nothing to look at', () => {
  const { status, output } = checkTree({ 'packages/core/src/empty.ts': 'export {}\n' })
  expect(output).toContain('saw-nothing')
  expect(status).toBe(1)
})

test('a slow expression is told with an input that proves it', async () => {
  expect(await judgeRegex('^(?:x|x)*$', '')).toEqual({
    ok: false,
    problem: 'exponential',
    attack: expect.stringContaining("'x'.repeat("),
  })
})

function checkTree(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'maildesk-regexes-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const [, ...args] = (scripts['check:regexes'] ?? '').split(' ')
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args, root], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    })
    return { status, output: stdout + stderr }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
