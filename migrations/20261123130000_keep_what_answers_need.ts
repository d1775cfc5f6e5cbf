import type { Knex } from 'knex'

// What an answer echoes of the mail it answers, and whether that mail showed our address to its other readers.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE messages
      ADD COLUMN thread_index text,
      ADD COLUMN thread_topic text,
      ADD COLUMN is_blind_copy boolean NOT NULL DEFAULT false;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'ALTER TABLE messages DROP COLUMN thread_index, DROP COLUMN thread_topic, DROP COLUMN is_blind_copy',
  )
}
