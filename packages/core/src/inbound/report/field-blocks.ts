// Blocks of fields, as reports are made of (RFC 3464 §2.1, RFC 5965 §3, RFC 8098 §3.1): `Name: value`, folded lines
// below it, an empty line between blocks.

/** Field name in lower case → its values, unfolded. */
export type FieldBlock = ReadonlyMap<string, readonly string[]>

const maxBlocks = 500
const maxFields = 100
const maxValue = 4_000
const field = /^[ \t]{0,3}([A-Za-z][A-Za-z0-9-]{0,63})[ \t]{0,8}:[ \t]{0,64}(.*)$/

/** Reads blocks; lines that are no fields and belong to none are left out. Linear in the text; never throws. */
export function readBlocks(text: string): FieldBlock[] {
  const blocks: Map<string, string[]>[] = []
  let open: Map<string, string[]> | undefined
  let last: string[] | undefined
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') {
      open = undefined
      last = undefined
      continue
    }
    if (/^[ \t]/.test(line) && last) {
      const value = last.pop() ?? ''
      // A value that is full is not made anew for each line.
      last.push(value.length < maxValue ? `${value}\n${line.trim()}`.slice(0, maxValue) : value)
      continue
    }
    const match = field.exec(line.slice(0, maxValue))
    if (!match) {
      last = undefined
      continue
    }
    if (!open) {
      if (blocks.length >= maxBlocks) return blocks
      open = new Map()
      blocks.push(open)
    }
    last = put(open, (match[1] ?? '').toLowerCase(), (match[2] ?? '').trim())
  }
  return blocks
}

function put(block: Map<string, string[]>, name: string, value: string): string[] | undefined {
  const values = block.get(name) ?? []
  if (block.size < maxFields && values.length < maxFields) {
    block.set(name, values)
    values.push(value)
  }
  return values
}

/** The first value of the first of the fields that is there and not empty. */
export function firstField(block: FieldBlock, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = block.get(name)?.find((candidate) => candidate !== '')
    if (value !== undefined) return value
  }
  return undefined
}
