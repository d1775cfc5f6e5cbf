import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { healthReasons } from '@maildesk/core'
import { describe, expect, test } from 'vitest'
import { listFiles, repositoryRoot } from './repository.ts'

const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

const atTheRoot = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', '.ci/run']
const pages = [...atTheRoot, ...listFiles(repositoryRoot, ['docs'])].filter(
  (path) => /\.md$|run$/.test(path) && existsSync(join(repositoryRoot, path)),
)

describe('every `npm run …` named in', () => {
  test.each(pages)('%s exists in package.json', (page) => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8')
    const named = [...text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map((match) => match[1] ?? '')
    const missing = named.filter((name) => !(name in scripts))
    expect(missing).toEqual([])
  })
})

describe('every link to a file in', () => {
  test.each(pages)('%s leads somewhere', (page) => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8')
    const targets = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '')
    const missing = targets.filter((target) => !existsSync(join(repositoryRoot, page, '..', target)))
    expect(missing).toEqual([])
  })
})

/** `maildesk <command> <subcommand>` as code on a page; what follows are arguments, in capitals or with a dash. */
const commandLine = /(?:^|[`\s])maildesk ([a-z]+)(?: ([a-z]+)(?=[\s`]))?/g

describe('every `maildesk …` on', () => {
  const main = readFileSync(join(repositoryRoot, 'apps/cli/src/main.ts'), 'utf8')
  const sources = listFiles(repositoryRoot, ['apps/cli/src'])
    .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path))
    .map((path) => readFileSync(join(repositoryRoot, path), 'utf8'))
    .join('\n')
  test.each(['docs/operations.md'])('%s is a command', (page) => {
    const code = [...readFileSync(join(repositoryRoot, page), 'utf8').matchAll(/```sh[\s\S]*?```|`[^`\n]+`/g)]
    const named = code.flatMap(([text]) => [...text.matchAll(commandLine)])
    const unknown = named.filter(
      ([, command = '', sub]) =>
        !main.includes(`\n  ${command}: {`) ||
        (sub !== undefined && !sources.includes(`new Command('${sub}')`) && !sources.includes(`'${sub}'`)),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(unknown.map(([text]) => text)).toEqual([])
  })
})

describe('the page of operations', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/operations.md'), 'utf8')

  test('tells of every reason of health', () => {
    expect(Object.keys(healthReasons).filter((reason) => !page.includes(`| \`${reason}\` |`))).toEqual([])
  })

  test('tells of every metric, and of none that is not there', () => {
    const source = readFileSync(join(repositoryRoot, 'apps/api/src/routes/ops/metrics.ts'), 'utf8')
    const names = (text: string) => [
      ...new Set([...text.matchAll(/maildesk_[a-z_]+/g)].map(([name]) => name)),
    ]
    expect(names(page).sort()).toEqual(names(source).sort())
  })
})
