import type { Knex } from 'knex'

// Every kind of mail that leaves, to whom of staff, when at the earliest, and what bounces taught about each address.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE outbound_emails
      ADD COLUMN recipient_user_id uuid REFERENCES users (id) ON DELETE SET NULL,
      ADD COLUMN event_id uuid REFERENCES ticket_events (id) ON DELETE SET NULL,
      ADD COLUMN template varchar(40),
      ADD COLUMN token_role varchar(10) NOT NULL DEFAULT 'public',
      ADD COLUMN scheduled_for timestamptz,
      ADD COLUMN cancelled_by_id uuid REFERENCES users (id) ON DELETE SET NULL,
      ADD COLUMN copy_state varchar(10) NOT NULL DEFAULT 'none',
      ADD COLUMN copy_attempts integer NOT NULL DEFAULT 0,
      ADD COLUMN copy_next_at timestamptz,
      ADD COLUMN copy_error text,
      DROP CONSTRAINT chk_outbound_kind,
      ADD CONSTRAINT chk_outbound_kind CHECK (kind IN ('reply', 'acknowledgement', 'notification', 'rejection', 'rule')),
      ADD CONSTRAINT chk_outbound_token_role CHECK (token_role IN ('public', 'internal')),
      ADD CONSTRAINT chk_outbound_copy_state CHECK (copy_state IN ('none', 'pending', 'done', 'failed')),
      ADD CONSTRAINT chk_outbound_notification_has_reader CHECK (kind <> 'notification' OR event_id IS NOT NULL);
    DROP INDEX uq_outbound_cause;
    CREATE UNIQUE INDEX uq_outbound_cause ON outbound_emails (cause_inbound_id, kind)
      WHERE cause_inbound_id IS NOT NULL AND kind IN ('acknowledgement', 'rejection');
    -- One event tells one person once, however often its job runs.
    CREATE UNIQUE INDEX uq_outbound_notification ON outbound_emails (event_id, recipient_user_id)
      WHERE kind = 'notification';
    CREATE INDEX idx_outbound_token_nonce ON outbound_emails (token_nonce);
    CREATE INDEX idx_outbound_copy_due ON outbound_emails (copy_next_at) WHERE copy_state = 'pending';

    ALTER TABLE outbound_deliveries
      ADD COLUMN diagnostic text,
      ADD COLUMN bounced_at timestamptz,
      DROP CONSTRAINT chk_delivery_status,
      ADD CONSTRAINT chk_delivery_status CHECK (status IN ('queued', 'sent', 'retry', 'refused', 'bounced_hard',
        'bounced_soft', 'bounced_policy', 'delayed', 'complained', 'suppressed'));

    -- What each report said of each address; suppression follows from these rows.
    CREATE TABLE bounce_records (
      id uuid PRIMARY KEY,
      address varchar(254) NOT NULL,
      kind varchar(10) NOT NULL,
      status varchar(20),
      diagnostic text,
      outbound_email_id uuid REFERENCES outbound_emails (id) ON DELETE SET NULL,
      inbound_email_id uuid REFERENCES inbound_emails (id) ON DELETE SET NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_bounce_record_kind CHECK (kind IN ('hard', 'soft', 'policy', 'complaint')),
      CONSTRAINT uq_bounce_record UNIQUE (inbound_email_id, address)
    );
    CREATE INDEX idx_bounce_record_address ON bounce_records (address, recorded_at);

    CREATE TABLE suppressions (
      address varchar(254) PRIMARY KEY,
      scope varchar(10) NOT NULL,
      reason varchar(40) NOT NULL,
      until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      created_by_id uuid REFERENCES users (id) ON DELETE SET NULL,
      CONSTRAINT chk_suppression_address_lower_case CHECK (address = lower(address)),
      CONSTRAINT chk_suppression_scope CHECK (scope IN ('automatic', 'all'))
    );

    CREATE TABLE agent_settings (
      user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      notify jsonb NOT NULL DEFAULT '{}',
      mail_paused_reason text,
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_agent_notify CHECK (jsonb_typeof(notify) = 'object')
    );

    ALTER TABLE mailboxes
      ADD COLUMN undo_seconds integer NOT NULL DEFAULT 15,
      ADD COLUMN quoted_history varchar(10) NOT NULL DEFAULT 'last',
      ADD COLUMN language varchar(10) NOT NULL DEFAULT 'en',
      ADD COLUMN signature_html text NOT NULL DEFAULT '',
      ADD COLUMN sent_folder varchar(255),
      ADD COLUMN dkim_selector varchar(100),
      ADD COLUMN dkim_secret text,
      ADD CONSTRAINT chk_mailbox_undo_seconds CHECK (undo_seconds BETWEEN 0 AND 3600),
      ADD CONSTRAINT chk_mailbox_quoted_history CHECK (quoted_history IN ('none', 'last', 'full')),
      ADD CONSTRAINT chk_mailbox_dkim CHECK ((dkim_selector IS NULL) = (dkim_secret IS NULL));
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes DROP COLUMN undo_seconds, DROP COLUMN quoted_history, DROP COLUMN language,
      DROP COLUMN signature_html, DROP COLUMN sent_folder, DROP COLUMN dkim_selector, DROP COLUMN dkim_secret;
    DROP TABLE agent_settings;
    DROP TABLE suppressions;
    DROP TABLE bounce_records;
    UPDATE outbound_deliveries SET status = 'bounced_soft' WHERE status IN ('bounced_policy', 'complained', 'suppressed');
    ALTER TABLE outbound_deliveries DROP COLUMN diagnostic, DROP COLUMN bounced_at, DROP CONSTRAINT chk_delivery_status,
      ADD CONSTRAINT chk_delivery_status CHECK (status IN ('queued', 'sent', 'retry', 'refused', 'bounced_hard',
        'bounced_soft', 'delayed'));
    DELETE FROM outbound_emails WHERE kind NOT IN ('reply', 'acknowledgement');
    DROP INDEX uq_outbound_notification;
    DROP INDEX uq_outbound_cause;
    CREATE UNIQUE INDEX uq_outbound_cause ON outbound_emails (cause_inbound_id, kind) WHERE cause_inbound_id IS NOT NULL;
    DROP INDEX idx_outbound_token_nonce;
    ALTER TABLE outbound_emails DROP COLUMN recipient_user_id, DROP COLUMN event_id, DROP COLUMN template,
      DROP COLUMN token_role, DROP COLUMN scheduled_for, DROP COLUMN cancelled_by_id, DROP COLUMN copy_state,
      DROP COLUMN copy_attempts, DROP COLUMN copy_next_at, DROP COLUMN copy_error, DROP CONSTRAINT chk_outbound_kind,
      ADD CONSTRAINT chk_outbound_kind CHECK (kind IN ('reply', 'acknowledgement'));
  `)
}
