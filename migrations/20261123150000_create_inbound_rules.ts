import type { Knex } from 'knex'

// What staff say about mail: rules of their own, a blocklist, and their word about a mail that was held.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE inbound_rules (
      id uuid PRIMARY KEY,
      -- The upper is asked first.
      position integer NOT NULL,
      name varchar(120) NOT NULL,
      is_active boolean NOT NULL DEFAULT true,
      mailbox_id uuid REFERENCES mailboxes (id) ON DELETE CASCADE,
      match varchar(3) NOT NULL DEFAULT 'all',
      conditions jsonb NOT NULL,
      actions jsonb NOT NULL,
      stop boolean NOT NULL DEFAULT false,
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_inbound_rule_match CHECK (match IN ('all', 'any')),
      CONSTRAINT chk_inbound_rule_conditions CHECK (jsonb_typeof(conditions) = 'array'),
      CONSTRAINT chk_inbound_rule_actions CHECK (jsonb_typeof(actions) = 'object')
    );
    CREATE INDEX idx_inbound_rule_position ON inbound_rules (position, id);
    CREATE INDEX idx_inbound_rule_mailbox ON inbound_rules (mailbox_id);

    CREATE TABLE blocked_senders (
      id uuid PRIMARY KEY,
      -- An address or a domain, lower case.
      entry varchar(254) NOT NULL CONSTRAINT uq_blocked_sender_entry UNIQUE,
      reason varchar(500) NOT NULL DEFAULT '',
      created_by_id uuid REFERENCES users (id) ON DELETE SET NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      hits bigint NOT NULL DEFAULT 0,
      last_hit_at timestamptz,
      CONSTRAINT chk_blocked_sender_entry CHECK (entry = lower(entry) AND entry <> '')
    );
    CREATE INDEX idx_blocked_sender_created_by ON blocked_senders (created_by_id);

    ALTER TABLE inbound_emails
      ADD COLUMN judgement varchar(10),
      ADD COLUMN judged_by_id uuid REFERENCES users (id) ON DELETE SET NULL,
      ADD COLUMN judged_at timestamptz,
      ADD COLUMN judgement_note varchar(500),
      ADD COLUMN waived_reasons jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN placed_in_id uuid REFERENCES tickets (id) ON DELETE SET NULL,
      ADD CONSTRAINT chk_inbound_judgement CHECK (judgement IN ('released', 'discarded')),
      ADD CONSTRAINT chk_inbound_judged_at CHECK ((judgement IS NULL) = (judged_at IS NULL)),
      ADD CONSTRAINT chk_inbound_waived_reasons CHECK (jsonb_typeof(waived_reasons) = 'array');
    CREATE INDEX idx_inbound_reason ON inbound_emails (reason, received_at) WHERE status = 'quarantined';
    CREATE INDEX idx_inbound_judged_by ON inbound_emails (judged_by_id) WHERE judged_by_id IS NOT NULL;
    CREATE INDEX idx_inbound_placed_in ON inbound_emails (placed_in_id) WHERE placed_in_id IS NOT NULL;

    ALTER TABLE mailboxes
      ADD COLUMN default_tags jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN default_assignee_id uuid REFERENCES users (id) ON DELETE SET NULL,
      ADD CONSTRAINT chk_mailbox_default_tags CHECK (jsonb_typeof(default_tags) = 'array');
    CREATE INDEX idx_mailbox_default_assignee ON mailboxes (default_assignee_id) WHERE default_assignee_id IS NOT NULL;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes DROP COLUMN default_tags, DROP COLUMN default_assignee_id;
    DROP INDEX idx_inbound_reason;
    ALTER TABLE inbound_emails DROP COLUMN judgement, DROP COLUMN judged_by_id, DROP COLUMN judged_at,
      DROP COLUMN judgement_note, DROP COLUMN waived_reasons, DROP COLUMN placed_in_id;
    DROP TABLE blocked_senders;
    DROP TABLE inbound_rules;
  `)
}
