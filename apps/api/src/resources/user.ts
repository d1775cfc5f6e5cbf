// People as JSON.
import { userRoles } from '@maildesk/core'
import type { UserRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { isoTime, Named, OneOf, Time, Uuid } from './schema.ts'

export const UserSchema = Named('User', {
  id: Uuid(),
  email: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  role: OneOf(userRoles),
  date_joined: Time(),
  is_staff: Type.Boolean(),
  is_active: Type.Boolean(),
})

export function presentUser(row: UserRow): Static<typeof UserSchema> {
  return {
    id: row.id,
    email: row.email,
    first_name: row.first_name,
    last_name: row.last_name,
    role: row.role,
    date_joined: isoTime(row.date_joined),
    is_staff: row.is_staff,
    is_active: row.is_active,
  }
}
