import type { Knex } from 'knex'

// When this database was put back from a backup, and until when the desk that was lost may have answered mail.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE restores (
      id uuid PRIMARY KEY,
      worked_until timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      skipped_numbers bigint NOT NULL CHECK (skipped_numbers >= 0)
    );
    COMMENT ON COLUMN restores.worked_until IS 'Mail that reached its server before this is not answered by itself: the lost desk may have.';
    COMMENT ON COLUMN restores.skipped_numbers IS 'Ticket numbers left out, because the lost desk may have given them away.';
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE restores')
}
