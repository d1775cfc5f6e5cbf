// Tells the knex CLI about the database and the migrations; maildesk itself uses `maildesk migrate`.
import { fileURLToPath } from 'node:url'

export default {
  client: 'pg',
  connection: process.env.DATABASE_URL,
  migrations: {
    directory: fileURLToPath(new URL('./migrations', import.meta.url)),
    extension: 'ts',
    loadExtensions: ['.ts'],
  },
}
