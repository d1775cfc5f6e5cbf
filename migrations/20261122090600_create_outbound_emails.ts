import type { Knex } from 'knex'

// The outbound ledger: one row per email that leaves, one delivery row per recipient.
// `composed` is everything the MIME builder needs, fixed here; raw_key is the mail as built, once.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE outbound_emails (
      id uuid PRIMARY KEY,
      kind varchar(20) NOT NULL,
      ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      message_id uuid REFERENCES messages (id) ON DELETE CASCADE,
      mailbox_id uuid REFERENCES mailboxes (id) ON DELETE SET NULL,
      cause_inbound_id uuid REFERENCES inbound_emails (id) ON DELETE SET NULL,
      rfc822_id text NOT NULL,
      token_nonce varchar(16) NOT NULL,
      envelope_from varchar(254) NOT NULL,
      composed jsonb NOT NULL,
      raw_key char(64),
      status varchar(20) NOT NULL DEFAULT 'queued',
      attempts integer NOT NULL DEFAULT 0,
      uncertain_attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz DEFAULT now(),
      lease_token uuid,
      leased_until timestamptz,
      data_started_at timestamptz,
      last_response text,
      created_at timestamptz NOT NULL DEFAULT now(),
      queued_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      CONSTRAINT chk_outbound_kind CHECK (kind IN ('reply', 'acknowledgement')),
      CONSTRAINT chk_outbound_status CHECK (status IN ('queued', 'sending', 'retry', 'sent', 'failed', 'uncertain', 'cancelled')),
      CONSTRAINT chk_outbound_reply_has_message CHECK (kind <> 'reply' OR message_id IS NOT NULL),
      CONSTRAINT chk_outbound_lease CHECK ((status = 'sending') = (lease_token IS NOT NULL))
    );
    CREATE UNIQUE INDEX uq_outbound_rfc822_id ON outbound_emails (rfc822_id);
    CREATE UNIQUE INDEX uq_outbound_message ON outbound_emails (message_id) WHERE kind = 'reply';
    CREATE UNIQUE INDEX uq_outbound_cause ON outbound_emails (cause_inbound_id, kind) WHERE cause_inbound_id IS NOT NULL;
    CREATE INDEX idx_outbound_due ON outbound_emails (next_attempt_at) WHERE status IN ('queued', 'retry', 'uncertain');
    CREATE INDEX idx_outbound_leased ON outbound_emails (leased_until) WHERE status = 'sending';
    CREATE INDEX idx_outbound_ticket ON outbound_emails (ticket_id);
    CREATE INDEX idx_outbound_status ON outbound_emails (status, created_at);

    CREATE TABLE outbound_deliveries (
      id uuid PRIMARY KEY,
      outbound_email_id uuid NOT NULL REFERENCES outbound_emails (id) ON DELETE CASCADE,
      address varchar(254) NOT NULL,
      status varchar(20) NOT NULL DEFAULT 'queued',
      code integer,
      response text,
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_delivery_status CHECK (status IN ('queued', 'sent', 'retry', 'refused', 'bounced_hard', 'bounced_soft', 'delayed')),
      CONSTRAINT uq_delivery_address UNIQUE (outbound_email_id, address)
    );
    CREATE INDEX idx_delivery_address ON outbound_deliveries (lower(address), updated_at);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE outbound_deliveries; DROP TABLE outbound_emails')
}
