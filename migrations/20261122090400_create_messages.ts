import type { Knex } from 'knex'

// An entry in a ticket. is_from_customer must match the sender's role; a CHECK cannot look into another table,
// so a trigger copies the role the sender had when the message was written into sender_role, and the CHECK holds
// is_from_customer to it. A later change of the user's role does not rewrite what they were when they wrote.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE messages (
      id uuid PRIMARY KEY,
      ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
      sender_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      message_text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      is_from_customer boolean NOT NULL,
      is_internal boolean NOT NULL DEFAULT false,
      read_by_customer boolean NOT NULL DEFAULT false,
      read_by_staff boolean NOT NULL DEFAULT false,
      sender_role varchar(20) NOT NULL,
      source varchar(20) NOT NULL,
      html text,
      rfc822_id text,
      is_automatic boolean NOT NULL DEFAULT false,
      is_unverified boolean NOT NULL DEFAULT false,
      inbound_email_id uuid UNIQUE REFERENCES inbound_emails (id) ON DELETE SET NULL,
      CONSTRAINT chk_message_is_from_customer CHECK (is_from_customer = (sender_role = 'customer')),
      CONSTRAINT chk_message_source CHECK (source IN ('web', 'mobile', 'email', 'phone'))
    );
    CREATE INDEX idx_message_ticket ON messages (ticket_id);
    CREATE INDEX idx_message_created ON messages (created_at);
    CREATE INDEX idx_message_customer ON messages (is_from_customer);
    CREATE INDEX idx_message_rfc822_id ON messages USING hash (rfc822_id);
    CREATE INDEX idx_message_sender ON messages (sender_id);

    CREATE FUNCTION set_message_sender_role() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' OR NEW.sender_id IS DISTINCT FROM OLD.sender_id THEN
        SELECT role INTO NEW.sender_role FROM users WHERE id = NEW.sender_id FOR KEY SHARE;
      ELSE
        NEW.sender_role := OLD.sender_role;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER trg_message_sender_role BEFORE INSERT OR UPDATE ON messages
      FOR EACH ROW EXECUTE FUNCTION set_message_sender_role();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE messages; DROP FUNCTION set_message_sender_role()')
}
