// One name and address of a header field.

export interface MailAddress {
  /** Decoded display name, '' when absent. Attacker's text. */
  readonly name: string
  /** addr-spec as sent, without angle brackets; may be '' or malformed. */
  readonly address: string
}
