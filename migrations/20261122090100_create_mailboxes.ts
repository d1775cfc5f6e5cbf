import type { Knex } from 'knex'

// An address we read over IMAP and answer from over SMTP, and how far each of its folders was read.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE mailboxes (
      id uuid PRIMARY KEY,
      address varchar(254) NOT NULL,
      display_name varchar(150) NOT NULL DEFAULT '',
      is_active boolean NOT NULL DEFAULT true,
      imap_host varchar(255),
      imap_port integer,
      imap_tls varchar(20) NOT NULL DEFAULT 'implicit',
      imap_user varchar(254),
      imap_secret text,
      imap_folder varchar(255) NOT NULL DEFAULT 'INBOX',
      smtp_host varchar(255),
      smtp_port integer,
      smtp_tls varchar(20) NOT NULL DEFAULT 'starttls',
      smtp_user varchar(254),
      smtp_secret text,
      after_processing varchar(10) NOT NULL DEFAULT 'keep',
      after_folder varchar(255),
      sub_addressing varchar(10) NOT NULL DEFAULT 'none',
      acknowledge boolean NOT NULL DEFAULT true,
      default_category varchar(20) NOT NULL DEFAULT 'general',
      default_priority varchar(20) NOT NULL DEFAULT 'medium',
      signature text NOT NULL DEFAULT '',
      last_polled_at timestamptz,
      last_error text,
      last_error_at timestamptz,
      smtp_paused_reason text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT chk_mailbox_imap_tls CHECK (imap_tls IN ('implicit', 'starttls', 'none')),
      CONSTRAINT chk_mailbox_smtp_tls CHECK (smtp_tls IN ('implicit', 'starttls', 'opportunistic', 'none')),
      CONSTRAINT chk_mailbox_after_processing CHECK (after_processing IN ('keep', 'seen', 'move', 'delete')),
      CONSTRAINT chk_mailbox_after_folder CHECK (after_processing <> 'move' OR after_folder IS NOT NULL),
      CONSTRAINT chk_mailbox_sub_addressing CHECK (sub_addressing IN ('none', 'plus')),
      CONSTRAINT chk_mailbox_category CHECK (default_category IN ('billing', 'technical', 'account', 'service', 'general')),
      CONSTRAINT chk_mailbox_priority CHECK (default_priority IN ('low', 'medium', 'high', 'urgent'))
    );
    CREATE UNIQUE INDEX idx_mailbox_address ON mailboxes (lower(address));

    -- One row per epoch (UIDVALIDITY): old epochs stay, so that a change of UIDVALIDITY can be told and explained.
    CREATE TABLE mailbox_cursors (
      mailbox_id uuid NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
      folder varchar(255) NOT NULL,
      uid_validity numeric(20, 0) NOT NULL,
      last_uid bigint NOT NULL DEFAULT 0,
      started_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (mailbox_id, folder, uid_validity)
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE mailbox_cursors; DROP TABLE mailboxes')
}
