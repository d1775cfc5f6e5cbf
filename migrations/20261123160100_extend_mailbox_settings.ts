import type { Knex } from 'knex'

// Settings that are changed while others look: a version; and signed addresses at a domain that takes every local part.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes
      ADD COLUMN version integer NOT NULL DEFAULT 1,
      ADD COLUMN reply_domain varchar(253),
      -- What the last probe of sub-addresses found, and when.
      ADD COLUMN sub_addressing_probe jsonb,
      ADD COLUMN sub_addressing_probed_at timestamptz,
      DROP CONSTRAINT chk_mailbox_sub_addressing,
      ADD CONSTRAINT chk_mailbox_sub_addressing CHECK (sub_addressing IN ('none', 'plus', 'catch_all')),
      ADD CONSTRAINT chk_mailbox_reply_domain CHECK (sub_addressing <> 'catch_all' OR reply_domain IS NOT NULL);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    UPDATE mailboxes SET sub_addressing = 'none' WHERE sub_addressing = 'catch_all';
    ALTER TABLE mailboxes
      DROP CONSTRAINT chk_mailbox_reply_domain,
      DROP CONSTRAINT chk_mailbox_sub_addressing,
      DROP COLUMN version, DROP COLUMN reply_domain,
      DROP COLUMN sub_addressing_probe, DROP COLUMN sub_addressing_probed_at,
      ADD CONSTRAINT chk_mailbox_sub_addressing CHECK (sub_addressing IN ('none', 'plus'));
  `)
}
