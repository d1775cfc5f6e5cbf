// People and mailboxes as JSON. A mailbox's secrets have no field here, so they cannot slip out.
import { userRoles } from '@maildesk/core'
import type { MailboxRow, UserRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { isoTime, isoTimeOrNull, Named, Nullable, OneOf, Time, Uuid } from './schema.ts'

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

export const MailboxSchema = Named('Mailbox', {
  id: Uuid(),
  address: Type.String(),
  display_name: Type.String(),
  is_active: Type.Boolean(),
  imap_host: Nullable(Type.String()),
  imap_port: Nullable(Type.Integer()),
  imap_tls: Type.String(),
  imap_user: Nullable(Type.String()),
  imap_folder: Type.String(),
  smtp_host: Nullable(Type.String()),
  smtp_port: Nullable(Type.Integer()),
  smtp_tls: Type.String(),
  smtp_user: Nullable(Type.String()),
  after_processing: Type.String(),
  after_folder: Nullable(Type.String()),
  sub_addressing: Type.String(),
  acknowledge: Type.Boolean(),
  default_category: Type.String(),
  default_priority: Type.String(),
  default_tags: Type.Array(Type.String()),
  default_assignee_id: Nullable(Uuid()),
  signature: Type.String(),
  last_polled_at: Nullable(Time()),
  last_error: Nullable(Type.String()),
  last_error_at: Nullable(Time()),
  smtp_paused_reason: Nullable(Type.String()),
  created_at: Time(),
  updated_at: Time(),
})

export function presentMailbox(row: MailboxRow): Static<typeof MailboxSchema> {
  const { imap_secret: _imap, smtp_secret: _smtp, ...open } = row
  return {
    ...open,
    last_polled_at: isoTimeOrNull(row.last_polled_at),
    last_error_at: isoTimeOrNull(row.last_error_at),
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
  }
}
