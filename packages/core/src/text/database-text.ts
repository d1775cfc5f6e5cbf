// Text that a database column can hold: PostgreSQL refuses NUL and broken surrogates in text.

/** Replaces NUL and lone surrogates by U+FFFD and cuts at `maxLength` UTF-16 units, never inside a character. */
export function databaseText(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const clean = text.replaceAll('\u0000', '\uFFFD').toWellFormed()
  if (clean.length <= maxLength) return clean
  const cut = clean.slice(0, maxLength)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}
