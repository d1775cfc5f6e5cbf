// One condition against the values of its field. No regular expressions of anybody's: all of it is linear searching.
import type { MailCondition, MailRuleOperator } from './mail-rule.ts'

/** The form in which texts are compared: composed letters, lower case, no white space around. */
export function foldText(text: string): string {
  return text.normalize('NFC').toLowerCase().trim()
}

/**
 * The value that makes the condition hold (null where none had to be there); undefined when it does not hold. `values` are
 * folded.
 */
export function conditionHolds(
  { operator, value }: MailCondition,
  values: readonly string[],
): { readonly found: string | null } | undefined {
  const wanted = typeof value === 'string' ? foldText(value) : ''
  const negated = negations[operator]
  if (negated)
    return values.some((one) => tests[negated](one, wanted)) ? undefined : { found: values[0] ?? null }
  if (operator === 'missing') return values.length === 0 ? { found: null } : undefined
  const found =
    operator === 'greater' || operator === 'less'
      ? values.find((one) => isBeyond(operator, Number(one), Number(value)))
      : operator === 'exists'
        ? values[0]
        : values.find((one) => tests[operator as Test](one, wanted))
  return found === undefined ? undefined : { found }
}

type Test = 'is' | 'contains' | 'starts_with' | 'ends_with' | 'matches_glob'

const negations: Partial<Record<MailRuleOperator, Test>> = { is_not: 'is', not_contains: 'contains' }

const tests: Readonly<Record<Test, (value: string, wanted: string) => boolean>> = {
  is: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  starts_with: (value, wanted) => value.startsWith(wanted),
  ends_with: (value, wanted) => value.endsWith(wanted),
  matches_glob: matchesGlob,
}

function isBeyond(operator: 'greater' | 'less', value: number, bound: number): boolean {
  return operator === 'greater' ? value > bound : value < bound
}

/**
 * `*` is anything, every other letter itself. The leftmost place for each piece is the best one, so nothing is tried twice.
 * @internal
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const pieces = pattern.split('*')
  const [first = ''] = pieces
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false
  let at = first.length
  const end = text.length - last.length
  for (const piece of pieces.slice(1, -1)) {
    const place = text.indexOf(piece, at)
    if (place < 0 || place + piece.length > end) return false
    at = place + piece.length
  }
  return true
}
