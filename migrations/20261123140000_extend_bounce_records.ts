import type { Knex } from 'knex'

// What suppression has to know of each report, and that a mail from an address, or a person, can set it right again.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE bounce_records
      ADD COLUMN is_dead boolean NOT NULL DEFAULT false,
      ADD COLUMN is_final boolean NOT NULL DEFAULT true,
      ADD COLUMN reported_as varchar(254),
      ADD COLUMN lifted_at timestamptz,
      ADD CONSTRAINT chk_bounce_record_address_lower_case CHECK (address = lower(address));
    -- Breaks ties where the list is paged.
    ALTER TABLE suppressions ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
    CREATE INDEX idx_suppression_page ON suppressions (created_at, id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX idx_suppression_page;
    ALTER TABLE suppressions DROP COLUMN id;
    ALTER TABLE bounce_records DROP CONSTRAINT chk_bounce_record_address_lower_case, DROP COLUMN is_dead,
      DROP COLUMN is_final, DROP COLUMN reported_as, DROP COLUMN lifted_at;
  `)
}
