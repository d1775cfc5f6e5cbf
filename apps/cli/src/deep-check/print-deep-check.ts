// What the thorough check found, for people or as one JSON document, and the exit code.
import type { Check } from '../checks.ts'
import { exitCouldNotCheck, exitFailure } from '../exit-codes.ts'
import { printJson, printLine, printTable } from '../print.ts'
import type { DeepCheck } from './deep-check.ts'

/** Examples of each finding on the screen; the JSON has more. */
const shownExamples = 5

/** Prints and sets the exit code: 2 when something could not be checked, 1 for a red finding that was not repaired. */
export function printDeepCheck(checks: readonly Check[], deep: DeepCheck, asJson: boolean): void {
  if (asJson) printJson({ checks, ...deep })
  else printForPeople(checks, deep)
  const isRed =
    checks.some(({ ok }) => !ok) ||
    deep.findings.some(({ level, count, repaired }) => level === 'red' && count > repaired)
  if (isRed) process.exitCode = exitFailure
  if (deep.unchecked.length > 0) process.exitCode = exitCouldNotCheck
}

function printForPeople(checks: readonly Check[], { findings, unchecked, checked }: DeepCheck): void {
  printTable(
    ['CHECK', '', 'DETAIL'],
    checks.map(({ check, ok, detail }) => [check, ok ? 'ok' : 'FAILED', detail]),
  )
  printLine('')
  printLine(
    `looked at: ${Object.entries(checked)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  )
  for (const { check, error } of unchecked) printLine(`COULD NOT CHECK ${check}: ${error}`)
  for (const { finding, level, count, repaired, meaning, todo, examples } of findings) {
    printLine('')
    printLine(
      `${level === 'red' ? 'RED' : 'LOOK'} ${finding}: ${count}${repaired ? `, ${repaired} repaired` : ''}`,
    )
    printLine(`  ${meaning}`)
    printLine(`  To do: ${todo}.`)
    for (const example of examples.slice(0, shownExamples))
      printLine(`  - ${example.of}: ${example.detail}${example.repaired ? ' (repaired)' : ''}`)
  }
  if (findings.length + unchecked.length === 0) printLine('nothing found')
}
