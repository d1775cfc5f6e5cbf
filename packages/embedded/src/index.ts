// What other packages may use. Load this package only when asked for: it brings a database and a mail server.
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './postgres/start-embedded-postgres.ts'
