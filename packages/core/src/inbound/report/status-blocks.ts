// Recipients of the per-recipient blocks of a report (RFC 3464 §2.3, RFC 6533 §3).
import type { DeliveryAction, FoundRecipient } from './bounce-types.ts'
import { type FieldBlock, firstField } from './field-blocks.ts'
import { maxRecipients, paragraphsOf } from './free-text.ts'
import { addressOfField } from './report-address.ts'

/** Each recipient once, in order, with what the report's words (`above` the returned mail) say of it. */
export function recipientsOf(
  blocks: readonly FieldBlock[],
  above: readonly string[],
  failed: readonly string[],
): FoundRecipient[] {
  const found = new Map<string, FoundRecipient>()
  const report = {
    saidOf: paragraphsOf(above),
    beginning: above.slice(0, 60).join('\n').slice(0, 8_000),
    failed,
  }
  let reporter = ''
  for (const block of blocks) {
    reporter = firstField(block, 'reporting-mta') ?? reporter
    if (found.size >= maxRecipients) break
    const one = recipientOf(block, report, reporter)
    if (one && !found.has(one.address.toLowerCase())) found.set(one.address.toLowerCase(), one)
  }
  return [...found.values()]
}

const recipientFields = ['original-recipient', 'final-recipient', 'x-actual-recipient'] as const

/** What a report says around its blocks. */
interface Around {
  readonly saidOf: (address: string) => string
  readonly beginning: string
  /** X-Failed-Recipients. */
  readonly failed: readonly string[]
}

function recipientOf(block: FieldBlock, around: Around, reporter: string): FoundRecipient | undefined {
  if (!block.has('final-recipient') && !block.has('original-recipient')) return undefined
  const addresses = recipientFields
    .flatMap((name) => block.get(name) ?? [])
    .flatMap((value) => addressOfField(value) ?? [])
  const address = addresses[0] ?? around.failed[0]
  if (!address) return undefined
  const [code = '', ...comment] = (firstField(block, 'status') ?? '').split(/(?<=^[\d.]{1,20})\s/)
  const diagnostic = (firstField(block, 'diagnostic-code') ?? '').replace(/^[\w.-]{1,40}\s?;\s?/, '')
  const supplement = firstField(block, 'x400-supplementary-info', 'x-supplementary-info') ?? ''
  const inText = addresses.map(around.saidOf).find(Boolean) ?? around.beginning
  return {
    address,
    action: actionOf(firstField(block, 'action')),
    status: code.trim() || undefined,
    diagnostic,
    context: [
      supplement,
      comment.join(' '),
      ...(block.get('x-powermta-bouncecategory') ?? []),
      inText,
      reporter,
    ].join('\n'),
  }
}

const actions: Readonly<Record<string, DeliveryAction>> = {
  failed: 'failed',
  failure: 'failed',
  expired: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  deliverable: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
}

/** RFC 3464 §2.3.3; a comment may follow. */
function actionOf(value: string | undefined): DeliveryAction | undefined {
  return actions[/^[a-z]{1,20}/.exec(value?.trim().toLowerCase() ?? '')?.[0] ?? '']
}
