// Paging by position, not by counting: rows that come or go meanwhile neither repeat nor hide others.
import type { Knex } from 'knex'
import type { Database } from './connect.ts'

/** Where the last page ended: the sort key as whole-number text, and the id that breaks ties. */
export interface PagePosition {
  readonly key: string
  readonly id: string
}

export interface PageRequest {
  readonly limit: number
  readonly after: PagePosition | undefined
}

export interface Page<Row> {
  readonly items: Row[]
  /** Undefined on the last page. */
  readonly next: PagePosition | undefined
}

/** How a list is ordered. `column` is SQL of ours, never of a caller. */
export interface PageOrder {
  readonly column: string
  /** `time`: timestamptz, compared to the microsecond. `integer`: anything that casts to bigint. */
  readonly kind: 'time' | 'integer'
  readonly direction: 'asc' | 'desc'
  /** The column that breaks ties; qualified where the query joins. */
  readonly id: string
}

/** Runs `query` (filters set, not ordered) for one page of it. */
export async function readPage<Row extends object>(
  db: Database,
  query: Knex.QueryBuilder,
  order: PageOrder,
  { limit, after }: PageRequest,
): Promise<Page<Row>> {
  const { column, kind, direction, id } = order
  // A JavaScript Date holds milliseconds, the database microseconds: the position must not be rounded.
  const key = kind === 'time' ? `(extract(epoch FROM ${column}) * 1000000)::bigint` : `(${column})::bigint`
  query.select(db.raw(`${key}::text AS page_key`), db.raw(`${id} AS page_id`))
  if (after) {
    const position =
      kind === 'time' ? `'epoch'::timestamptz + ?::bigint * interval '1 microsecond'` : '?::bigint'
    query.whereRaw(`(${column}, ${id}) ${direction === 'asc' ? '>' : '<'} (${position}, ?::uuid)`, [
      after.key,
      after.id,
    ])
  }
  query.orderByRaw(`${column} ${direction}, ${id} ${direction}`).limit(limit + 1)
  const rows: (Row & { page_key: string; page_id: string })[] = await query
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { key: last.page_key, id: last.page_id } : undefined }
}

/** A pattern for ILIKE that finds `text` anywhere and takes nothing in it for a wildcard. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
