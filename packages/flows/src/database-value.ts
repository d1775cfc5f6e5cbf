import { databaseText } from '@maildesk/core'

/** The same value with every string inside fit for a text or jsonb column: no NUL, no lone surrogate. */
export function databaseValue<Value>(value: Value): Value {
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return databaseText(value)
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]))
}
