import { expect, test } from 'vitest'
import { sumTestRuns } from './sum-test-runs.ts'

const file = (name: string, status: string, ...statuses: string[]) => ({
  name,
  status,
  assertionResults: statuses.map((outcome, index) => ({ status: outcome, fullName: `test ${index}` })),
})

const run = (endedWell: boolean, ...testResults: ReturnType<typeof file>[]) => ({
  endedWell,
  report: { testResults },
})

test('passed, failed and skipped tests are summed over all runs', () => {
  const runs = [
    run(true, file('a', 'passed', 'passed', 'passed'), file('b', 'passed', 'pending', 'passed')),
    run(false, file('c', 'failed', 'passed', 'failed')),
  ]
  expect(sumTestRuns(runs, [])).toEqual({ passed: 4, skipped: 1, problems: ['c: test 1'] })
})

test('a file that could not be loaded counts as one failure', () => {
  expect(sumTestRuns([run(false, file('broken', 'failed'))], []).problems).toEqual([
    'broken: the file itself failed',
  ])
})

test('a failure tells what was said, in its first lines', () => {
  const words = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n')
  const broken = { ...file('broken', 'failed'), message: 'no port\n  at start' }
  const red = {
    ...file('red', 'failed'),
    assertionResults: [{ status: 'failed', fullName: 'it works', failureMessages: [words] }],
  }
  const { problems } = sumTestRuns([{ endedWell: false, report: { testResults: [broken, red] } }], [])
  expect(problems[0]).toBe('broken: the file itself failed\n    no port\n      at start')
  expect(problems[1]).toMatch(/^red: it works\n {4}line 0\n/)
  expect(problems[1]).toMatch(/\n {4}line 11$/)
})

test('a run without a report counts as one failure', () => {
  expect(sumTestRuns([{ endedWell: false, report: undefined }], []).problems).toEqual([
    'a test run left no report',
  ])
})

test('a run that ended badly counts as one failure although all its tests passed', () => {
  expect(sumTestRuns([run(false, file('a', 'passed', 'passed'))], []).problems).toEqual([
    'a test run failed outside its tests',
  ])
})

test('a failed step counts as one failure', () => {
  expect(sumTestRuns([run(true, file('a', 'passed', 'passed'))], ['npm run check'])).toEqual({
    passed: 1,
    skipped: 0,
    problems: ['npm run check'],
  })
})
