// What tells other machines that a mail was written by one.

import { loopField, readLoopMark, signLoopMark } from '../inbound/loop-mark.ts'
import type { ParsedEmail } from '../inbound/parsed-email.ts'

/** Header fields of an automatic mail (RFC 3834 §3, §5). `cause` is the mail it answers or tells of. */
export function automaticMarks(
  isAnswer: boolean,
  cause: ParsedEmail | null,
  keys: readonly string[],
): { readonly name: string; readonly value: string }[] {
  const hops = (cause && readLoopMark(cause, keys)?.hops) ?? 0
  return [
    { name: 'Auto-Submitted', value: isAnswer ? 'auto-replied' : 'auto-generated' },
    { name: 'X-Auto-Response-Suppress', value: 'All' },
    { name: 'Precedence', value: 'bulk' },
    { name: loopField, value: signLoopMark(hops + 1, keys) },
  ]
}
