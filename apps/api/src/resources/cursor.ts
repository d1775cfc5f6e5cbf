// Pages: `limit` and an opaque `cursor`.
import { invalidFields } from '@maildesk/core'
import type { Page, PagePosition, PageRequest } from '@maildesk/db'
import { Type } from 'typebox'
import { uuidPattern } from '../plugins/validation.ts'
import { Defaulted } from './schema.ts'

const maxLimit = 100
const defaultLimit = 20
/** Microseconds since 1970, or a rank: what sort keys look like. */
const keyPattern = /^\d{1,16}$/

/** The part of a query string that every list has. */
export const PageQuery = {
  limit: Defaulted(Type.Integer({ minimum: 1, maximum: maxLimit }), defaultLimit),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next_cursor` of the page before.' })),
}

/**
 * What a caller asks for, in the database's words. `order` is part of the cursor: a position in one order means nothing in another.
 * @throws MaildeskError request.invalid for a cursor that is not ours or of another order.
 */
export function pageRequest(
  { limit, cursor }: { limit?: number; cursor?: string },
  order: string,
): PageRequest {
  return { limit: limit ?? defaultLimit, after: cursor === undefined ? undefined : readCursor(cursor, order) }
}

/** A page as JSON. */
export function presentPage<Row, Shown>(
  { items, next }: Page<Row>,
  order: string,
  present: (row: Row) => Shown,
) {
  return { items: items.map(present), next_cursor: next ? writeCursor(next, order) : null }
}

function writeCursor({ key, id }: PagePosition, order: string): string {
  return Buffer.from(`${order}/${key}/${id}`).toString('base64url')
}

function readCursor(cursor: string, order: string): PagePosition {
  const [itsOrder, key = '', id = '', ...rest] = Buffer.from(cursor, 'base64url')
    .toString('latin1')
    .split('/')
  if (itsOrder !== order || !keyPattern.test(key) || !uuidPattern.test(id) || rest.length > 0) {
    throw invalidFields({ field: 'cursor', message: 'is not the next_cursor of a page in this order' })
  }
  return { key, id }
}
