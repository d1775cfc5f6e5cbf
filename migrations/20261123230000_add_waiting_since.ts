import type { Knex } from 'knex'

// Since when an answer waits for what it answers. Not since it came: behind a backlog that is longer than the wait, it
// would not have waited at all.
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('inbound_emails', (table) => {
    table.timestamp('waiting_since', { useTz: true }).nullable()
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('inbound_emails', (table) => {
    table.dropColumn('waiting_since')
  })
}
