import { allowedValues, mailboxSetting, mailboxSettingNames } from '@maildesk/core'
import { code, tablePage } from './markdown.ts'

/** docs/generated/mailbox-settings.md: everything about a mailbox that can be set. */
export function describeMailboxSettings(): string {
  const rows = mailboxSettingNames.map((name) => {
    const setting = mailboxSetting(name)
    return [code(name), allowedValues(setting), setting.meaning]
  })
  return tablePage(
    'Settings of a mailbox',
    'Set with `maildesk mailbox set ADDRESS name=value…` or `PATCH /api/v1/mailboxes/{id}`.',
    ['setting', 'takes', 'what it is'],
    rows,
  )
}
