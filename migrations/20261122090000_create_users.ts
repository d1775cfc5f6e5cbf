import type { Knex } from 'knex'

// People: customers, agents (role `provider`, the word of the given schema) and admins.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users (
      id uuid PRIMARY KEY,
      email varchar(254) NOT NULL,
      first_name varchar(150) NOT NULL DEFAULT '',
      last_name varchar(150) NOT NULL DEFAULT '',
      role varchar(20) NOT NULL DEFAULT 'customer',
      date_joined timestamptz NOT NULL DEFAULT now(),
      is_staff boolean NOT NULL DEFAULT false,
      is_active boolean NOT NULL DEFAULT true,
      CONSTRAINT chk_user_role CHECK (role IN ('customer', 'provider', 'admin')),
      CONSTRAINT chk_user_staff CHECK (NOT is_staff OR role <> 'customer')
    );
    -- Addresses are compared case-folded; the form that was first written is kept for sending.
    CREATE UNIQUE INDEX idx_user_email ON users (lower(email));
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE users')
}
