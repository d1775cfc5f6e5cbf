// Mailboxes as JSON; the settings are core's table. A mailbox's secrets have no field here, so they cannot slip out.
import {
  allowedValues,
  type FolderPurpose,
  type MailboxSettingName,
  mailboxSetting,
  mailboxSettingNames,
} from '@maildesk/core'
import type { MailboxFolderRow, MailboxRow } from '@maildesk/db'
import { settingsOf } from '@maildesk/flows'
import { type Static, type TSchema, Type } from 'typebox'
import { isoTime, isoTimeOrNull, Named, Nullable, OneOf, Time, Uuid } from './schema.ts'

const folderPurposes = ['inbox', 'sent'] as const satisfies readonly FolderPurpose[]

const FolderSchema = Type.Object({
  name: Type.String(),
  purpose: OneOf(folderPurposes),
  is_active: Type.Boolean(),
  reads_since: Nullable(Time('Mail the server took in earlier is left alone.')),
  last_polled_at: Nullable(Time()),
  last_error: Nullable(Type.String()),
  last_error_at: Nullable(Time()),
  unaccounted: Nullable(Type.Integer({ description: 'Mails the last comparison with the ledger missed.' })),
  reconciled_at: Nullable(Time()),
})

/** Each setting's schema, by its type in the table. */
function settingSchema(name: MailboxSettingName): TSchema {
  const setting = mailboxSetting(name)
  const more = { description: `${setting.meaning} Allowed: ${allowedValues(setting)}.` }
  const schema = plainSchema()
  return 'empty' in setting && setting.empty !== undefined ? Nullable(schema) : schema

  function plainSchema(): TSchema & { type?: unknown; enum?: unknown[] } {
    switch (setting.type) {
      case 'switch':
        return Type.Boolean(more)
      case 'number':
        return Type.Integer({ ...more, minimum: setting.min, maximum: setting.max })
      case 'choice':
        return OneOf(setting.values, more)
      case 'list':
        return Type.Array(Type.String(), { ...more, maxItems: setting.max })
      case 'text':
        return Type.String({ ...more, maxLength: setting.max })
      default:
        return Type.String(more)
    }
  }
}

type SettingSchemas = { [Name in MailboxSettingName]: ReturnType<typeof Type.Unsafe<MailboxRow[Name]>> }
const settingSchemas = Object.fromEntries(
  mailboxSettingNames.map((name) => [name, settingSchema(name)]),
) as unknown as SettingSchemas

export const MailboxSchema = Named('Mailbox', {
  id: Uuid(),
  address: Type.String(),
  is_active: Type.Boolean(),
  ...settingSchemas,
  folders: Type.Array(FolderSchema),
  sub_addressing_probed_at: Nullable(Time('When `mailbox probe` looked last.')),
  last_polled_at: Nullable(Time('The oldest last good poll among the folders.')),
  last_error: Nullable(Type.String()),
  last_error_at: Nullable(Time()),
  smtp_paused_reason: Nullable(Type.String()),
  version: Type.Integer(),
  created_at: Time(),
  updated_at: Time(),
})

const password = (server: string) =>
  Type.String({ minLength: 1, maxLength: 1000, writeOnly: true, description: `Of ${server}; stored sealed.` })

/** What may be written: every setting, the passwords, and whether the mailbox is in use. */
export const mailboxChanges = {
  ...(Object.fromEntries(
    mailboxSettingNames.map((name) => [name, Type.Optional(settingSchema(name))]),
  ) as unknown as Record<MailboxSettingName, TSchema>),
  is_active: Type.Optional(Type.Boolean({ description: 'To resume is to send again as well.' })),
  imap_password: Type.Optional(password('the IMAP server')),
  smtp_password: Type.Optional(password('the SMTP server')),
}

export function presentMailbox(
  row: MailboxRow,
  folders: readonly MailboxFolderRow[],
): Static<typeof MailboxSchema> {
  return {
    id: row.id,
    address: row.address,
    is_active: row.is_active,
    ...settingsOf(row),
    folders: folders.filter(({ mailbox_id }) => mailbox_id === row.id).map(presentFolder),
    sub_addressing_probed_at: isoTimeOrNull(row.sub_addressing_probed_at),
    last_polled_at: isoTimeOrNull(row.last_polled_at),
    last_error: row.last_error,
    last_error_at: isoTimeOrNull(row.last_error_at),
    smtp_paused_reason: row.smtp_paused_reason,
    version: row.version,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
  }
}

function presentFolder(row: MailboxFolderRow): Static<typeof FolderSchema> {
  return {
    name: row.name,
    purpose: row.purpose,
    is_active: row.is_active,
    reads_since: isoTimeOrNull(row.reads_since),
    last_polled_at: isoTimeOrNull(row.last_polled_at),
    last_error: row.last_error,
    last_error_at: isoTimeOrNull(row.last_error_at),
    unaccounted: row.unaccounted,
    reconciled_at: isoTimeOrNull(row.reconciled_at),
  }
}
