import { errorTable } from '@maildesk/core'
import { code, tablePage } from './markdown.ts'

/** docs/generated/errors.md: every error code, whether trying again can help, and what it means. */
export function describeErrors(): string {
  const rows = Object.entries(errorTable).map(([name, { retry, meaning }]) => [code(name), retry, meaning])
  return tablePage(
    'Errors',
    'The stable codes of everything that can go wrong. `later`: the same call may succeed another time; `never`: only a person or a change can help.',
    ['code', 'retry', 'meaning'],
    rows,
  )
}
