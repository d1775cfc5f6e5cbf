import type { Knex } from 'knex'

// Merging, splitting and linking: a message's moves are kept, and a ticket knows the one it went into.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE tickets
      ADD COLUMN merged_into_id uuid REFERENCES tickets (id) ON DELETE SET NULL,
      ADD COLUMN merged_at timestamptz,
      ADD COLUMN attention varchar(40),
      ADD CONSTRAINT chk_ticket_not_merged_into_itself CHECK (merged_into_id <> id),
      ADD CONSTRAINT chk_ticket_merged_at CHECK ((merged_into_id IS NOT NULL) = (merged_at IS NOT NULL));
    CREATE INDEX idx_ticket_merged_into ON tickets (merged_into_id) WHERE merged_into_id IS NOT NULL;
    CREATE INDEX idx_ticket_attention ON tickets (attention) WHERE attention IS NOT NULL;

    CREATE TABLE ticket_links (
      from_ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      to_ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      relation varchar(20) NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (from_ticket_id, to_ticket_id, relation),
      CONSTRAINT chk_ticket_link_relation CHECK (relation IN ('follow_up_of', 'possibly_related', 'forwarded_from',
        'split_from', 'topic_changed_from')),
      CONSTRAINT chk_ticket_link_between_two CHECK (from_ticket_id <> to_ticket_id)
    );
    CREATE INDEX idx_ticket_link_to ON ticket_links (to_ticket_id);

    ALTER TABLE messages
      ADD COLUMN flags jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN answer_to varchar(254),
      ADD COLUMN decision jsonb,
      ADD CONSTRAINT chk_message_flags CHECK (jsonb_typeof(flags) = 'array');

    -- Every move of a message, so that a merge can be taken back and a message's way be told.
    CREATE TABLE message_moves (
      id uuid PRIMARY KEY,
      message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
      from_ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      to_ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      cause varchar(10) NOT NULL,
      moved_by_id uuid REFERENCES users (id) ON DELETE SET NULL,
      moved_at timestamptz NOT NULL DEFAULT now(),
      undone_at timestamptz,
      CONSTRAINT chk_message_move_cause CHECK (cause IN ('merge', 'split'))
    );
    CREATE INDEX idx_message_move_message ON message_moves (message_id);
    CREATE INDEX idx_message_move_from ON message_moves (from_ticket_id) WHERE undone_at IS NULL;

    ALTER TABLE ticket_participants
      ADD COLUMN name varchar(301) NOT NULL DEFAULT '',
      ADD COLUMN is_active boolean NOT NULL DEFAULT true,
      ADD COLUMN added_by varchar(254),
      DROP CONSTRAINT chk_participant_role,
      ADD CONSTRAINT chk_participant_role CHECK (role IN ('requester', 'collaborator', 'unverified', 'follower'));
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DELETE FROM ticket_participants WHERE role = 'follower';
    ALTER TABLE ticket_participants DROP COLUMN name, DROP COLUMN is_active, DROP COLUMN added_by,
      DROP CONSTRAINT chk_participant_role,
      ADD CONSTRAINT chk_participant_role CHECK (role IN ('requester', 'collaborator', 'unverified'));
    ALTER TABLE messages DROP COLUMN flags, DROP COLUMN answer_to, DROP COLUMN decision;
    DROP TABLE message_moves;
    DROP TABLE ticket_links;
    ALTER TABLE tickets DROP COLUMN merged_into_id, DROP COLUMN merged_at, DROP COLUMN attention;
  `)
}
