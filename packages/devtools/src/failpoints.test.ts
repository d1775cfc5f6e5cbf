import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failpointNames } from '@maildesk/failpoints'
import { expect, test } from 'vitest'
import { listFiles, repositoryRoot } from './repository.ts'

test('every failpoint stands in exactly one place of the product', () => {
  const sources = listFiles(repositoryRoot, ['apps', 'packages']).filter(
    (path) =>
      path.endsWith('.ts') && !path.endsWith('.test.ts') && !/^packages\/(failpoints|torture)\//.test(path),
  )
  const placed = sources.flatMap((path) =>
    [...readFileSync(join(repositoryRoot, path), 'utf8').matchAll(/await failpoint\(\s*'([^']+)'\s*\)/g)].map(
      (match) => match[1],
    ),
  )
  expect(placed.sort()).toEqual([...failpointNames].sort())
})
