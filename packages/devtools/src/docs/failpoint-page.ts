import { failpoints } from '@maildesk/failpoints'
import { code, tablePage } from './markdown.ts'

/** docs/generated/failpoints.md: where the fault tests may stop the product. */
export function describeFailpoints(): string {
  return tablePage(
    'Failpoints',
    'The steps at which the [fault tests](../torture.md) may kill, stop, delay or fail a process, in the order in which a mail comes by.',
    ['failpoint', 'process', 'when it is reached'],
    Object.entries(failpoints).map(([name, { role, meaning }]) => [code(name), role, meaning]),
  )
}
