import type { Knex } from 'knex'

// What of a message was written now, as ranges of its whole text; null when all of it was.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE messages
      ADD COLUMN text_ranges jsonb,
      ADD CONSTRAINT chk_message_text_ranges CHECK (jsonb_typeof(text_ranges) = 'array');
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE messages DROP COLUMN text_ranges')
}
