/** The part of vitest's JSON report that is counted. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    /** What a file failed with outside its tests. */
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

export interface TestRun {
  /** Whether the command ended with exit code 0. */
  readonly endedWell: boolean
  /** Undefined when the command left none, or none that can be read. */
  readonly report: TestReport | undefined
}

export interface TestSummary {
  readonly passed: number
  readonly skipped: number
  /** One text for each failure: where, and the first lines of what was said. */
  readonly problems: readonly string[]
}

/**
 * Counts tests over several runs. Besides each failed test, a failure is: a step that failed, a run without a report,
 * a file that failed without a failed test in it (it could not be loaded), and a run that ended badly although its
 * report shows nothing wrong (a global set-up, an unhandled error).
 */
export function sumTestRuns(runs: readonly TestRun[], failedSteps: readonly string[]): TestSummary {
  const files = runs.flatMap(({ report }) => report?.testResults ?? [])
  const statuses = files.flatMap((file) => file.assertionResults.map(({ status }) => status))
  return {
    passed: statuses.filter((status) => status === 'passed').length,
    skipped: statuses.filter((status) => status !== 'passed' && status !== 'failed').length,
    problems: [...failedSteps, ...runs.flatMap(problemsOf)],
  }
}

/** Of a CI run often only its end is kept, and a failure's name alone does not tell why. */
const maxLinesOfFailure = 12

function firstLines(words = ''): string {
  const lines = words.trim().split('\n').slice(0, maxLinesOfFailure)
  return words.trim() === '' ? '' : `\n${lines.map((line) => `    ${line}`).join('\n')}`
}

function problemsOf({ endedWell, report }: TestRun): string[] {
  if (!report) return ['a test run left no report']
  const problems = report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    if (failed.length > 0)
      return failed.map(
        ({ fullName, failureMessages }) => `${file.name}: ${fullName}${firstLines(failureMessages?.[0])}`,
      )
    return file.status === 'failed' ? [`${file.name}: the file itself failed${firstLines(file.message)}`] : []
  })
  return problems.length > 0 || endedWell ? problems : ['a test run failed outside its tests']
}
