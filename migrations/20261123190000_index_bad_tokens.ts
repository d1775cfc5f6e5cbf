import type { Knex } from 'knex'

// Counted for every scrape of /metrics, and almost always none: only those rows are in the index.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX idx_inbound_bad_tokens ON inbound_emails (received_at)
      WHERE (decision #>> '{facts,badTokens}')::int > 0;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX idx_inbound_bad_tokens')
}
