// Values of mailbox settings: read from a command line, checked wherever they come from. Every fault names the setting
// and what is allowed.
import { type FieldError, invalidFields } from '../field-errors.ts'
import { isUsableAddress } from '../inbound/addresses.ts'
import {
  isMailboxSetting,
  type MailboxSettingName,
  mailboxSetting,
  mailboxSettingNames,
  type SettingType,
} from './mailbox-settings.ts'

export type SettingValue = boolean | number | string | null | readonly string[]
export type SettingValues = Readonly<Partial<Record<MailboxSettingName, SettingValue>>>

/** BCP 47: a language and subtags. */
const language = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i
/** Labels with dots between (RFC 1035 §2.3.1), as A-labels. */
const domain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/
const maxDomain = 253
/** UTF-16 units of a name in a list. */
const maxName = 255
const lineEnd = /[\r\n]/

/** What is allowed, in words. */
export function allowedValues(setting: SettingType): string {
  const words = describeType(setting)
  return 'empty' in setting && setting.empty !== undefined ? `${words}, or nothing: ${setting.empty}` : words
}

function describeType(setting: SettingType): string {
  switch (setting.type) {
    case 'switch':
      return 'true or false'
    case 'number':
      return `a whole number from ${setting.min} to ${setting.max} (${setting.unit})`
    case 'choice':
      return `one of ${setting.values.join(', ')}`
    case 'text':
      return `${setting.lines === 'one' ? 'one line' : 'text'} of at most ${setting.max} characters`
    case 'language':
      return 'a language tag such as en or pt-br'
    case 'domain':
      return 'a domain in lower case, such as reply.example.org'
    case 'list':
      return `up to ${setting.max} ${setting.of === 'address' ? 'mail addresses' : 'names'}, separated by commas`
  }
}

/**
 * Reads `name=value` words. An empty value is null where that is allowed, else the empty text or list.
 * @throws MaildeskError request.invalid with every fault.
 */
export function readSettings(words: readonly string[]): SettingValues {
  const faults: FieldError[] = []
  const values: Record<string, SettingValue> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    const name = at < 0 ? word : word.slice(0, at)
    if (!isMailboxSetting(name)) faults.push(unknownSetting(name))
    else if (at < 0) faults.push({ field: name, message: `is wanted as ${name}=value` })
    else values[name] = readValue(mailboxSetting(name), word.slice(at + 1))
  }
  if (faults.length > 0) throw invalidFields(...faults, ...faultsOf(values))
  return checkSettings(values)
}

function readValue(setting: SettingType, text: string): SettingValue {
  if (text === '' && 'empty' in setting && setting.empty !== undefined) return null
  if (setting.type === 'switch') {
    if (['true', 'yes', 'on'].includes(text)) return true
    return ['false', 'no', 'off'].includes(text) ? false : text
  }
  if (setting.type === 'number') return /^-?\d{1,9}$/.test(text) ? Number(text) : text
  if (setting.type === 'list')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  return text
}

/**
 * The values as they are stored: addresses and domains in lower case.
 * @throws MaildeskError request.invalid with every fault.
 */
export function checkSettings(values: Readonly<Record<string, unknown>>): SettingValues {
  const faults = faultsOf(values)
  if (faults.length > 0) throw invalidFields(...faults)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item: string) => item.toLowerCase()) : value,
    ]),
  )
}

function faultsOf(values: Readonly<Record<string, unknown>>): FieldError[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!isMailboxSetting(name)) return [unknownSetting(name)]
    const setting = mailboxSetting(name)
    return fits(setting, value) ? [] : [{ field: name, message: `must be ${allowedValues(setting)}` }]
  })
}

function unknownSetting(name: string): FieldError {
  return { field: name, message: `is no setting of a mailbox; there are ${mailboxSettingNames.join(', ')}` }
}

function fits(setting: SettingType, value: unknown): boolean {
  if (value === null) return 'empty' in setting && setting.empty !== undefined
  switch (setting.type) {
    case 'switch':
      return typeof value === 'boolean'
    case 'number':
      return Number.isInteger(value) && Number(value) >= setting.min && Number(value) <= setting.max
    case 'choice':
      return typeof value === 'string' && setting.values.includes(value)
    case 'text':
      return (
        typeof value === 'string' &&
        value.length <= setting.max &&
        !value.includes('\0') &&
        (setting.lines === 'many' || !lineEnd.test(value)) &&
        // Where nothing is said as null, an empty text would be a second way to say it.
        (setting.empty === undefined || value !== '')
      )
    case 'language':
      return typeof value === 'string' && language.test(value)
    case 'domain':
      return typeof value === 'string' && value.length <= maxDomain && domain.test(value)
    case 'list':
      return (
        Array.isArray(value) &&
        value.length <= setting.max &&
        value.every((item) => (setting.of === 'address' ? isAddress(item) : isName(item)))
      )
  }
}

function isAddress(item: unknown): boolean {
  return typeof item === 'string' && isUsableAddress(item)
}

function isName(item: unknown): boolean {
  return typeof item === 'string' && item.length <= maxName && /^[^\s,\0]+$/.test(item)
}

/** What does not go together in a mailbox's settings as a whole; `folders` are those that are read. */
export function settingConflicts(values: SettingValues, folders: readonly string[]): FieldError[] {
  const faults: FieldError[] = []
  const { after_processing, after_folder } = values
  if (after_processing === 'move' && !after_folder)
    faults.push({ field: 'after_folder', message: 'is needed by after_processing=move' })
  if (after_processing === 'move' && typeof after_folder === 'string' && folders.includes(after_folder))
    faults.push({ field: 'after_folder', message: 'is read itself: what is moved there would come in again' })
  if (values.sub_addressing === 'catch_all' && !values.reply_domain)
    faults.push({ field: 'reply_domain', message: 'is needed by sub_addressing=catch_all' })
  if (values.imap_host && !(values.imap_port && values.imap_user))
    faults.push({ field: 'imap_host', message: 'needs imap_port and imap_user' })
  if (values.smtp_host && !values.smtp_port) faults.push({ field: 'smtp_host', message: 'needs smtp_port' })
  return faults
}
