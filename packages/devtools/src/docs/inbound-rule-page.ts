import { inboundRules } from '@maildesk/core'
import { code, tablePage } from './markdown.ts'

/** docs/generated/inbound-rules.md: the policy for incoming mail, in the order in which rules are asked. */
export function describeInboundRules(): string {
  const rows = inboundRules.map(({ name, summary }, index) => [String(index + 1), code(name), summary])
  return tablePage(
    'Inbound rules',
    'What happens to an incoming mail. The rules are asked in this order and the first one with an opinion decides.',
    ['order', 'rule', 'what it does'],
    rows,
  )
}
