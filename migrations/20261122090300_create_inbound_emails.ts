import type { Knex } from 'knex'

// The inbound ledger: one row for every mail that ever reached us, whatever became of it.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE inbound_emails (
      id uuid PRIMARY KEY,
      mailbox_id uuid REFERENCES mailboxes (id) ON DELETE SET NULL,
      folder varchar(255),
      uid_validity numeric(20, 0),
      uid bigint,
      arrived_by varchar(10) NOT NULL,
      raw_key char(64) NOT NULL,
      raw_size bigint NOT NULL,
      raw_complete boolean NOT NULL DEFAULT true,
      received_at timestamptz NOT NULL,
      internal_date timestamptz,
      rfc822_id text,
      from_address text NOT NULL DEFAULT '',
      subject text NOT NULL DEFAULT '',
      status varchar(20) NOT NULL DEFAULT 'received',
      outcome varchar(20),
      reason text,
      decision jsonb,
      content_hash char(64),
      attempts integer NOT NULL DEFAULT 0,
      leased_until timestamptz,
      next_attempt_at timestamptz NOT NULL DEFAULT now(),
      waiting_for_id uuid REFERENCES inbound_emails (id) ON DELETE SET NULL,
      last_error text,
      ticket_id uuid REFERENCES tickets (id) ON DELETE SET NULL,
      duplicate_of_id uuid REFERENCES inbound_emails (id) ON DELETE SET NULL,
      finished_at timestamptz,
      after_state varchar(10) NOT NULL DEFAULT 'none',
      after_attempts integer NOT NULL DEFAULT 0,
      after_next_at timestamptz,
      after_error text,
      CONSTRAINT chk_inbound_arrived_by CHECK (arrived_by IN ('imap', 'ingest')),
      CONSTRAINT chk_inbound_status CHECK (status IN ('received', 'filed', 'quarantined', 'duplicate')),
      CONSTRAINT chk_inbound_outcome CHECK (outcome IN ('new_ticket', 'appended', 'note_appended', 'bounce_recorded',
        'complaint_recorded', 'quarantined', 'duplicate', 'dead_letter', 'ignored_by_rule')),
      CONSTRAINT chk_inbound_outcome_when_finished CHECK ((status = 'received') = (outcome IS NULL)),
      CONSTRAINT chk_inbound_reason CHECK (status <> 'quarantined' OR reason IS NOT NULL),
      CONSTRAINT chk_inbound_after_state CHECK (after_state IN ('none', 'pending', 'done', 'failed')),
      CONSTRAINT uq_inbound_uid UNIQUE (mailbox_id, folder, uid_validity, uid)
    );
    CREATE INDEX idx_inbound_due ON inbound_emails (next_attempt_at) WHERE status = 'received';
    CREATE INDEX idx_inbound_waiting ON inbound_emails (waiting_for_id) WHERE status = 'received';
    CREATE INDEX idx_inbound_after ON inbound_emails (mailbox_id, after_next_at) WHERE after_state = 'pending';
    CREATE INDEX idx_inbound_status ON inbound_emails (status, received_at);
    -- Hashed: a Message-ID may be longer than a btree entry can be, and must never keep a mail out of the ledger.
    CREATE INDEX idx_inbound_rfc822_id ON inbound_emails USING hash (rfc822_id);
    CREATE INDEX idx_inbound_raw_key ON inbound_emails (raw_key);
    CREATE INDEX idx_inbound_content_hash ON inbound_emails (content_hash);
    CREATE INDEX idx_inbound_ticket ON inbound_emails (ticket_id);
    CREATE INDEX idx_inbound_from ON inbound_emails (lower(from_address), received_at);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE inbound_emails')
}
