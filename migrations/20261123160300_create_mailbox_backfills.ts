import type { Knex } from 'knex'

// How far the old mail of a folder was taken in on demand; beside the cursor of new mail, which it never moves.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE mailbox_backfills (
      mailbox_id uuid NOT NULL,
      folder varchar(255) NOT NULL,
      uid_validity numeric(20, 0) NOT NULL,
      since timestamptz NOT NULL,
      -- Every mail of the backfill up to this UID is in the ledger or gone.
      last_uid bigint NOT NULL DEFAULT 0,
      looked_at integer NOT NULL DEFAULT 0,
      kept integer NOT NULL DEFAULT 0,
      started_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      PRIMARY KEY (mailbox_id, folder),
      CONSTRAINT fk_backfill_folder FOREIGN KEY (mailbox_id, folder)
        REFERENCES mailbox_folders (mailbox_id, name) ON DELETE CASCADE
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE mailbox_backfills')
}
