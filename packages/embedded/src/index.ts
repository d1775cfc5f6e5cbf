// What other packages may use. Load this package only when asked for: it brings a database and a mail server.

export { SAMPLE_CUSTOMER_DOMAIN, type SampleMail, sampleMails } from './mail/sample-mails.ts'
export {
  type SandboxMailServer,
  type SandboxMailServerOptions,
  startSandboxMailServer,
} from './mail/start-sandbox-mail-server.ts'
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './postgres/start-embedded-postgres.ts'
