// Seeded mail for the fault tests.
export { type MailKind, mailKinds } from './kinds.ts'
export { type GeneratedMail, makeMails } from './make-mails.ts'
