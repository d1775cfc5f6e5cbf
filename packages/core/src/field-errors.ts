// What is wrong with a request, field by field.
import { MaildeskError } from './errors.ts'

export interface FieldError {
  /** As the caller wrote it; parts are joined by dots: `tags.0`. */
  readonly field: string
  /** For people; says what is expected. */
  readonly message: string
}

/** The error that tells a caller every field at fault. */
export function invalidFields(...errors: readonly FieldError[]): MaildeskError {
  const list = errors.map(({ field, message }) => `${field} ${message}`).join('; ')
  return new MaildeskError('request.invalid', list, { errors })
}
