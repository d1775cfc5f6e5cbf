import type { Knex } from 'knex'

// What the gate for automatic mail counts by: repeated bodies, answers to people nothing authenticates, alarms raised.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE inbound_emails ADD COLUMN body_hash char(64);
    CREATE INDEX idx_inbound_same_body ON inbound_emails (body_hash, received_at) WHERE body_hash IS NOT NULL;

    ALTER TABLE outbound_emails ADD COLUMN is_unproven boolean NOT NULL DEFAULT false;
    CREATE INDEX idx_outbound_automatic ON outbound_emails (created_at) WHERE kind <> 'reply';

    -- When ops were last told of a limit; one row for each.
    CREATE TABLE alarms (
      name varchar(60) PRIMARY KEY,
      raised_at timestamptz NOT NULL DEFAULT now()
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE alarms;
    DROP INDEX idx_outbound_automatic;
    ALTER TABLE outbound_emails DROP COLUMN is_unproven;
    DROP INDEX idx_inbound_same_body;
    ALTER TABLE inbound_emails DROP COLUMN body_hash;
  `)
}
