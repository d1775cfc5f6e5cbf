import type { Knex } from 'knex'

// Mailboxes that log in with OAuth2 access tokens in place of a password. A row of its own, so that its lock, which is
// held while the provider is asked, stands in nobody's way.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes
      ADD COLUMN auth varchar(10) NOT NULL DEFAULT 'password',
      ADD CONSTRAINT chk_mailbox_auth CHECK (auth IN ('password', 'oauth2'));

    CREATE TABLE mailbox_oauth (
      mailbox_id uuid PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
      provider varchar(20) NOT NULL,
      token_url varchar(1000) NOT NULL,
      scope varchar(1000),
      client_id varchar(500) NOT NULL,
      client_secret text,
      refresh_secret text NOT NULL,
      access_secret text,
      access_expires_at timestamptz,
      refused_reason text,
      refused_at timestamptz,
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_mailbox_oauth_provider CHECK (provider IN ('google', 'microsoft', 'custom')),
      CONSTRAINT chk_mailbox_oauth_access CHECK ((access_secret IS NULL) = (access_expires_at IS NULL))
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE mailbox_oauth; ALTER TABLE mailboxes DROP COLUMN auth')
}
