import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles, repositoryRoot } from '../repository.ts'
import { code, tablePage } from './markdown.ts'
import { scenarios } from './scenarios.ts'

/**
 * docs/generated/scenarios.md: each scenario with the tests that name it.
 * @throws Error naming the scenarios that no test names, and tests that name none of the list.
 */
export function describeScenarios(): string {
  const tests = findTests()
  const known = Object.keys(scenarios).map(Number)
  const untested = known.filter((number) => !tests.some((test) => test.number === number))
  if (untested.length > 0) throw new Error(`no test is named after scenario ${untested.join(', ')}`)
  const unknown = tests.filter(({ number }) => !known.includes(number))
  if (unknown.length > 0)
    throw new Error(
      `no such scenario: ${unknown.map(({ number, file }) => `${number} in ${file}`).join(', ')}`,
    )
  return tablePage(
    'Scenarios',
    'Situations that other help desks are known to have stumbled over. Each has tests that name it.',
    ['number', 'what must hold', 'shown by'],
    known.map((number) => [
      String(number),
      scenarios[number] ?? '',
      [...new Set(tests.filter((test) => test.number === number).map(({ file }) => code(file)))].join(', '),
    ]),
  )
}

function findTests(): { readonly number: number; readonly file: string }[] {
  return listFiles(repositoryRoot, ['apps', 'packages'])
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...readFileSync(join(repositoryRoot, file), 'utf8').matchAll(/\(scenario (\d{1,2})\)/g)].map(
        (match) => ({
          number: Number(match[1]),
          file,
        }),
      ),
    )
}
