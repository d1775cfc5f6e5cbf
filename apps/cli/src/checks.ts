// Checks of the world outside: a line each, and exit 1 when one fails.
import { errorText } from '@maildesk/core'
import { exitFailure } from './exit-codes.ts'
import { printJson, printTable } from './print.ts'

export interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** Runs one check; what it throws is its failure. */
export async function runCheck(check: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { check, ok: true, detail: await look() }
  } catch (error) {
    return { check, ok: false, detail: errorText(error) }
  }
}

/** Prints the checks and sets the exit code. */
export function printChecks(checks: readonly Check[], asJson: boolean): void {
  if (asJson) printJson(checks)
  else {
    printTable(
      ['CHECK', '', 'DETAIL'],
      checks.map(({ check, ok, detail }) => [check, ok ? 'ok' : 'FAILED', detail]),
    )
  }
  if (checks.some(({ ok }) => !ok)) process.exitCode = exitFailure
}
