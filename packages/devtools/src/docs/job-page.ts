import { jobTable } from '@maildesk/core'
import { code, tablePage } from './markdown.ts'

/** docs/generated/jobs.md: every job of the queue, the one id it carries, and what it asks for. */
export function describeJobs(): string {
  const rows = Object.entries(jobTable).map(([name, { subject, summary }]) => [
    code(name),
    code(subject),
    summary,
  ])
  return tablePage(
    'Jobs',
    'What the queue can be rung for. A job carries one id; the row it names holds everything else.',
    ['job', 'carries', 'asks for'],
    rows,
  )
}
