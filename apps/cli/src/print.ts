// What commands print: one JSON document, or lines for people.

/** One JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Rows as aligned columns; control characters, which may come from a mail, are made visible. */
export function printTable(headings: readonly string[], rows: readonly (readonly unknown[])[]): void {
  const cells = [headings, ...rows].map((row) => row.map((cell) => printable(cell)))
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  for (const row of cells)
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Text that cannot move a terminal's cursor or colour it. */
export function printable(value: unknown): string {
  const text =
    value instanceof Date
      ? value.toISOString()
      : value === null || value === undefined
        ? ''
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD')
}
