import type { FuzzReport } from './run-fuzz.ts'
import type { Tally } from './tally.ts'

/** A report for people: one line per kind, with the smallest mail that shows it. */
export function printedReport({ mails, seconds, bytes, ...sums }: FuzzReport): string {
  const rate = `${Math.round(mails / seconds)} mails/s, ${(bytes / seconds / 1e6).toFixed(1)} MB/s`
  return [
    `${mails} mails in ${seconds.toFixed(1)} s: ${rate}`,
    ...section('outcomes', sums.outcomes),
    ...section('findings', sums.findings),
    ...section('read otherwise by postal-mime', sums.differences),
    ...section('words that one mutation hid', sums.hidden),
  ].join('\n')
}

function section(title: string, tally: Tally): string[] {
  const rows = tally.rows().map(([kind, { count, smallest }]) => {
    const { index, bytes, plan, detail } = smallest
    return `  ${String(count).padStart(6)}  ${kind}  (mail ${index}, ${bytes} bytes: ${plan})${detail && `\n          ${detail}`}`
  })
  return [`${title}: ${tally.total}`, ...rows]
}
