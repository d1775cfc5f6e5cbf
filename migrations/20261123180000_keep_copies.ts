import type { Knex } from 'knex'

// One mail to two of our addresses: the copy that comes second is a duplicate, or a linked ticket of its own mailbox.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes ADD COLUMN opens_own_copies boolean NOT NULL DEFAULT false;
    ALTER TABLE ticket_links DROP CONSTRAINT chk_ticket_link_relation,
      ADD CONSTRAINT chk_ticket_link_relation CHECK (relation IN ('follow_up_of', 'possibly_related', 'forwarded_from',
        'split_from', 'topic_changed_from', 'copy_of'));
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DELETE FROM ticket_links WHERE relation = 'copy_of';
    ALTER TABLE ticket_links DROP CONSTRAINT chk_ticket_link_relation,
      ADD CONSTRAINT chk_ticket_link_relation CHECK (relation IN ('follow_up_of', 'possibly_related', 'forwarded_from',
        'split_from', 'topic_changed_from'));
    ALTER TABLE mailboxes DROP COLUMN opens_own_copies;
  `)
}
