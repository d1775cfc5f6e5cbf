import type { Knex } from 'knex'

// "Does any row name this blob?" is asked for every blob by the search for orphans.
export async function up(knex: Knex): Promise<void> {
  await knex.raw('CREATE INDEX idx_outbound_raw_key ON outbound_emails (raw_key) WHERE raw_key IS NOT NULL')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX idx_outbound_raw_key')
}
