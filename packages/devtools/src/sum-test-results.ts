// Sums vitest's JSON reports for .ci/run and prints `N passed, N failed` as the last line. A missing report, a test
// file that could not be loaded and a failed step all count: nothing that went wrong may end as "0 failed".

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { sumTestRuns, type TestReport, type TestRun, type TestSummary } from './results/sum-test-runs.ts'

const { values } = parseArgs({
  options: {
    'passed-run': { type: 'string', multiple: true, default: [] },
    'failed-run': { type: 'string', multiple: true, default: [] },
    'failed-step': { type: 'string', multiple: true, default: [] },
  },
})

const runs = [
  ...values['passed-run'].map((path) => readRun(path, true)),
  ...values['failed-run'].map((path) => readRun(path, false)),
]
const summary = sumTestRuns(runs, values['failed-step'])
print(summary)
if (summary.problems.length > 0 || summary.passed === 0) process.exitCode = 1

function readRun(path: string, endedWell: boolean): TestRun {
  try {
    return { endedWell, report: JSON.parse(readFileSync(path, 'utf8')) as TestReport }
  } catch (error) {
    console.error(`no report in ${path}: ${String(error)}`)
    return { endedWell, report: undefined }
  }
}

function print({ passed, skipped, problems }: TestSummary): void {
  for (const problem of problems) console.log(`failed: ${problem}`)
  if (skipped > 0) console.log(`${skipped} skipped`)
  console.log(`${passed} passed, ${problems.length} failed`)
}
