import type { Knex } from 'knex'

// Where a mailbox's own servers begin, who may vouch for forwarded mail, and which senders' names stand elsewhere.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes
      ADD COLUMN border_hops integer NOT NULL DEFAULT 1,
      ADD COLUMN trusted_arc_sealers jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN rewriting_lists jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN plus_tag_domains jsonb NOT NULL DEFAULT '[]',
      ADD CONSTRAINT chk_mailbox_border_hops CHECK (border_hops BETWEEN 0 AND 20),
      ADD CONSTRAINT chk_mailbox_arc_sealers CHECK (jsonb_typeof(trusted_arc_sealers) = 'array'),
      ADD CONSTRAINT chk_mailbox_rewriting_lists CHECK (jsonb_typeof(rewriting_lists) = 'array'),
      ADD CONSTRAINT chk_mailbox_plus_tag_domains CHECK (jsonb_typeof(plus_tag_domains) = 'array');
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes DROP COLUMN border_hops, DROP COLUMN trusted_arc_sealers, DROP COLUMN rewriting_lists,
      DROP COLUMN plus_tag_domains;
  `)
}
