// The fields of the header section that have a meaning, from raw fields to values.
import { isAscii } from 'node:buffer'
import {
  databaseText,
  type HeaderField,
  type MailAddress,
  type MailWarning,
  type ParsedEmail,
} from '@maildesk/core'
import { parseAddresses } from './addresses.ts'
import { charsetOf } from './charset-labels.ts'
import { decodeWords } from './decode-words.ts'
import type { HeaderSection, RawField } from './header-fields.ts'
import type { ParseLimits } from './limits.ts'
import { boundReferences, parseMessageIds } from './message-ids.ts'
import { parseDate } from './parse-date.ts'

export type ParsedHeader = Omit<
  ParsedEmail,
  'text' | 'html' | 'reply' | 'parts' | 'reportParts' | 'attachedMails'
>

/** Warnings of one kind that are kept; a hostile header has thousands. */
const maxCharsetWarnings = 10

/** Reads the mail's own header section; every list is bounded, what was cut or guessed is said in `warnings`. */
export function parseHeader(section: HeaderSection, limits: ParseLimits): ParsedHeader {
  const { fields } = section
  const warnings: MailWarning[] = [...section.warnings]
  const warn = (code: string, detail: string) => warnings.push({ code, detail })
  const guessed = (warning: MailWarning) => {
    if (warnings.length < maxCharsetWarnings) warnings.push(warning)
  }

  const addresses = (name: string): MailAddress[] => {
    const list = parseAddresses(allOf(fields, name).join(', '), limits.addresses, guessed)
    if (list.truncated) warn('addresses-truncated', name)
    return list.addresses.map((one) => ({ ...one, name: withoutUtf7(one.name, section) }))
  }
  const ids = (name: string) => allOf(fields, name).flatMap((value) => parseMessageIds(decodeWords(value)))

  const messageId = parseMessageIds(decodeWords(firstOf(fields, 'message-id') ?? ''))[0] ?? null
  const allReferences = [...new Set(ids('references'))]
  if (allReferences.length > limits.references) warn('references-truncated', `${allReferences.length} ids`)
  const date = parseDate(firstOf(fields, 'date') ?? '')
  if (date === null) warn('date-invalid', (firstOf(fields, 'date') ?? 'no Date field').slice(0, 100))

  return {
    messageId,
    inReplyTo: ids('in-reply-to').slice(0, limits.references),
    references: boundReferences(allReferences, limits.references),
    date,
    from: addresses('from'),
    sender: addresses('sender')[0] ?? null,
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    subject: withoutUtf7(decodeWords(firstOf(fields, 'subject') ?? '', guessed), section),
    headers: boundFields(fields, limits, warn),
    warnings,
  }
}

/** Mails whose body is UTF-7 have raw UTF-7 in their header, too; text only, never an address. */
function withoutUtf7(text: string, { bodyCharset }: HeaderSection): string {
  if (bodyCharset === null || !/\+[A-Za-z0-9+/]{3,60}/.test(text) || !isAscii(Buffer.from(text))) return text
  const charset = charsetOf(bodyCharset)
  return charset?.name === 'utf-7' ? charset.decode(Buffer.from(text)) : text
}

function firstOf(fields: readonly RawField[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value
}

function allOf(fields: readonly RawField[], name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value)
}

function boundFields(
  fields: readonly RawField[],
  limits: ParseLimits,
  warn: (code: string, detail: string) => void,
): HeaderField[] {
  const kept: HeaderField[] = []
  let length = 0
  for (const field of fields) {
    length += field.name.length + field.value.length
    if (kept.length === limits.headerFields || length > limits.headerLength) {
      warn('headers-truncated', `${fields.length} fields`)
      break
    }
    kept.push({ name: field.name, value: databaseText(field.value) })
  }
  return kept
}
