import type { Knex } from 'knex'

// The folders that are watched in a mailbox. Each fares by itself: its own connection, lock, trouble and times.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE mailbox_folders (
      mailbox_id uuid NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
      name varchar(255) NOT NULL,
      purpose varchar(10) NOT NULL DEFAULT 'inbox',
      is_active boolean NOT NULL DEFAULT true,
      -- Mail the server took in earlier is left alone; null: everything is read.
      reads_since timestamptz,
      last_polled_at timestamptz,
      last_error text,
      last_error_at timestamptz,
      -- What the last comparison of folder and ledger found missing, before it was repaired.
      unaccounted integer,
      reconciled_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (mailbox_id, name),
      CONSTRAINT chk_mailbox_folder_purpose CHECK (purpose IN ('inbox', 'sent')),
      CONSTRAINT chk_mailbox_folder_name CHECK (name <> '')
    );

    INSERT INTO mailbox_folders (mailbox_id, name, last_polled_at, last_error, last_error_at, created_at)
      SELECT id, imap_folder, last_polled_at, last_error, last_error_at, created_at FROM mailboxes;

    -- mailboxes.imap_folder names the first folder; whoever writes a mailbox has its folder too.
    CREATE FUNCTION mailbox_first_folder() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO mailbox_folders (mailbox_id, name) VALUES (NEW.id, NEW.imap_folder) ON CONFLICT DO NOTHING;
      IF TG_OP = 'UPDATE' THEN
        DELETE FROM mailbox_folders WHERE mailbox_id = NEW.id AND name = OLD.imap_folder;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_first_folder_made AFTER INSERT ON mailboxes
      FOR EACH ROW EXECUTE FUNCTION mailbox_first_folder();
    CREATE TRIGGER mailbox_first_folder_changed AFTER UPDATE OF imap_folder ON mailboxes
      FOR EACH ROW WHEN (OLD.imap_folder <> NEW.imap_folder) EXECUTE FUNCTION mailbox_first_folder();

    -- What stood in the folder when the epoch began is read by the folder's reads_since; what came later is read always.
    ALTER TABLE mailbox_cursors ADD COLUMN window_below bigint NOT NULL DEFAULT 0;

    -- What the folder was for when the mail was taken from it; null for mail that did not come over IMAP.
    ALTER TABLE inbound_emails
      ADD COLUMN folder_purpose varchar(10),
      ADD CONSTRAINT chk_inbound_folder_purpose CHECK (folder_purpose IN ('inbox', 'sent'));
    UPDATE inbound_emails SET folder_purpose = 'inbox' WHERE folder IS NOT NULL;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE inbound_emails DROP COLUMN folder_purpose;
    ALTER TABLE mailbox_cursors DROP COLUMN window_below;
    DROP TRIGGER mailbox_first_folder_made ON mailboxes;
    DROP TRIGGER mailbox_first_folder_changed ON mailboxes;
    DROP FUNCTION mailbox_first_folder;
    DROP TABLE mailbox_folders;
  `)
}
