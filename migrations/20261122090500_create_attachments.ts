import type { Knex } from 'knex'

// A file in a ticket. `file` is the key in the blob store, never a name that came from outside.
// The allowed types and the largest size are configuration, checked where a file is accepted; what a mail brings
// is kept all the same and carries the refusal in restricted_reason, so that nothing is lost.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE attachments (
      id uuid PRIMARY KEY,
      ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      message_id uuid REFERENCES messages (id) ON DELETE SET NULL,
      uploaded_by_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      file varchar(255) NOT NULL,
      filename varchar(255) NOT NULL,
      file_size integer NOT NULL,
      content_type varchar(100) NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      source varchar(20) NOT NULL,
      disposition varchar(10) NOT NULL DEFAULT 'attachment',
      content_id text,
      part_path varchar(100),
      restricted_reason varchar(40),
      CONSTRAINT chk_attachment_file_size CHECK (file_size >= 0),
      CONSTRAINT chk_attachment_content_type CHECK (content_type ~ '^[^/\\s]+/[^/\\s]+$'),
      CONSTRAINT chk_attachment_source CHECK (source IN ('web', 'mobile', 'email', 'phone')),
      CONSTRAINT chk_attachment_disposition CHECK (disposition IN ('attachment', 'inline')),
      CONSTRAINT chk_attachment_restricted CHECK (restricted_reason IN ('type-not-allowed', 'too-large')),
      CONSTRAINT uq_attachment_part UNIQUE (message_id, part_path)
    );
    CREATE INDEX idx_attachment_ticket ON attachments (ticket_id);
    CREATE INDEX idx_attachment_message ON attachments (message_id);
    CREATE INDEX idx_attachment_created ON attachments (created_at);
    CREATE INDEX idx_attachment_file ON attachments (file);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE attachments')
}
