// Addresses that callers give us, in the one form in which we keep and compare them.
import { invalidFields, normalAddress } from '@maildesk/core'
import { strictAddress } from '@maildesk/mail'
import { Type } from 'typebox'

/** An address as the body of a request has it. */
export const Address = (description?: string) =>
  Type.String({ minLength: 3, maxLength: 254, ...(description ? { description } : {}) })

/** The normal form of an address. @throws MaildeskError request.invalid for what mail could not be sent to. */
export function addressIn(field: string, text: string): string {
  const address = strictAddress(text.trim())
  if (address === null) throw invalidFields({ field, message: 'is not a mail address' })
  return normalAddress(address)
}
