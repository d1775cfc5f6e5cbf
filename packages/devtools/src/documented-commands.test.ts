import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
