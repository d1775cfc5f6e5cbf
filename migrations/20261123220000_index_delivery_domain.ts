import type { Knex } from 'knex'

// Before every acknowledgement: how many mails went to this domain in the last hour? No delivery is older than its mail.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `CREATE INDEX idx_delivery_domain ON outbound_deliveries (split_part(lower(address), '@', 2), updated_at)`,
  )
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX idx_delivery_domain')
}
