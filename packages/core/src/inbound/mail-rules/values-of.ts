// What a condition looks at: the values of a field in one mail, bounded.

import { recipientAddresses } from '../../threading/pointers.ts'
import { domainOf, normalAddress } from '../addresses.ts'
import type { MailAddress } from '../mail-address.ts'
import { headerValues, type ParsedEmail } from '../parsed-email.ts'
import {
  headerNameOf,
  type MailRuleFacts,
  type mailRuleFields,
  maxBodyLookedAt,
  maxHeaderLookedAt,
  maxValuesLookedAt,
} from './mail-rule.ts'

type Reader = (email: ParsedEmail, facts: MailRuleFacts) => readonly string[]

const senders = ({ from, sender }: ParsedEmail) => (sender ? [...from, sender] : from)
const people = (list: readonly MailAddress[]) =>
  list.slice(0, maxValuesLookedAt).flatMap(({ address, name }) => [normalAddress(address), name])

const readers: Readonly<Record<keyof typeof mailRuleFields, Reader>> = {
  from: (email) => people(senders(email)),
  from_domain: (email) => senders(email).map(({ address }) => domainOf(normalAddress(address))),
  to: ({ to }) => people(to),
  cc: ({ cc }) => people(cc),
  recipient: (email) => recipientAddresses(email),
  subject: ({ subject }) => [subject.slice(0, maxHeaderLookedAt)],
  body: ({ text }) => [text.slice(0, maxBodyLookedAt)],
  attachment_name: ({ parts }) => parts.map(({ filename }) => filename),
  attachment_type: ({ parts }) => parts.map(({ contentType }) => contentType),
  size: (_email, { size }) => [String(size)],
  kind: (_email, { kind }) => [kind],
  authentication: (_email, { authentication }) => [authentication],
  is_new_ticket: (_email, { isNewTicket }) => [isNewTicket ? 'yes' : 'no'],
}

/** The field's values, those that are empty left out; none for a field that there is not. */
export function valuesOf(field: string, email: ParsedEmail, facts: MailRuleFacts): string[] {
  const header = headerNameOf(field)
  const values =
    header !== undefined
      ? headerValues(email, header).map((value) => value.slice(0, maxHeaderLookedAt))
      : Object.hasOwn(readers, field)
        ? readers[field as keyof typeof readers](email, facts)
        : []
  return values.filter((value) => value.trim() !== '').slice(0, maxValuesLookedAt)
}
