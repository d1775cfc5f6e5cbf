import type { Knex } from 'knex'

// The Message-IDs by which mail threads: those of mails we hold, and those mails merely referred to.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE wire_ids (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      rfc822_id text NOT NULL,
      ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      message_id uuid REFERENCES messages (id) ON DELETE CASCADE,
      outbound_email_id uuid REFERENCES outbound_emails (id) ON DELETE CASCADE,
      CONSTRAINT chk_wire_id_owner CHECK (message_id IS NOT NULL OR outbound_email_id IS NOT NULL)
    );
    -- An id of RFC 5322 may be reused with other content, so it is not unique; hashed because it may be long.
    CREATE INDEX idx_wire_id ON wire_ids USING hash (rfc822_id);
    CREATE INDEX idx_wire_id_ticket ON wire_ids (ticket_id);
    CREATE INDEX idx_wire_id_message ON wire_ids (message_id);
    CREATE INDEX idx_wire_id_outbound ON wire_ids (outbound_email_id);

    CREATE TABLE referenced_ids (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      rfc822_id text NOT NULL,
      message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
      position integer NOT NULL
    );
    CREATE INDEX idx_referenced_id ON referenced_ids USING hash (rfc822_id);
    CREATE INDEX idx_referenced_message ON referenced_ids (message_id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE referenced_ids; DROP TABLE wire_ids')
}
