import type { Knex } from 'knex'

// The audit trail of a ticket: what happened, when, by whom or by which mail.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ticket_events (
      id uuid PRIMARY KEY,
      ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      type varchar(50) NOT NULL,
      actor_id uuid REFERENCES users (id) ON DELETE SET NULL,
      inbound_email_id uuid REFERENCES inbound_emails (id) ON DELETE SET NULL,
      outbound_email_id uuid REFERENCES outbound_emails (id) ON DELETE SET NULL,
      data jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX idx_event_ticket ON ticket_events (ticket_id, created_at);
    CREATE INDEX idx_event_inbound ON ticket_events (inbound_email_id);
    CREATE INDEX idx_event_outbound ON ticket_events (outbound_email_id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE ticket_events')
}
