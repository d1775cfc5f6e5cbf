import type { Knex } from 'knex'

// The further addresses of a person; the first one is users.email. Which addresses are one person is staff's decision.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE user_addresses (
      address varchar(254) PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_user_address_lower_case CHECK (address = lower(address))
    );
    CREATE INDEX idx_user_address_user ON user_addresses (user_id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE user_addresses')
}
