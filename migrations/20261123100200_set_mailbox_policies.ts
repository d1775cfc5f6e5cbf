import type { Knex } from 'knex'

// How each mailbox wants its mail decided: what an answer to a closed ticket does, whose authentication results count.
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE mailboxes
      ADD COLUMN late_answers varchar(10) NOT NULL DEFAULT 'new_linked',
      ADD COLUMN reopen_days integer,
      ADD COLUMN subject_threading_days integer NOT NULL DEFAULT 0,
      ADD COLUMN is_subject_strict boolean NOT NULL DEFAULT false,
      ADD COLUMN form_senders jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN trusted_authserv_ids jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN verifies_signatures boolean NOT NULL DEFAULT false,
      ADD COLUMN trusts_agent_mail boolean NOT NULL DEFAULT false,
      ADD COLUMN accepts_requester_domain boolean NOT NULL DEFAULT false,
      ADD CONSTRAINT chk_mailbox_late_answers CHECK (late_answers IN ('reopen', 'new_linked', 'reject')),
      ADD CONSTRAINT chk_mailbox_reopen_days CHECK (reopen_days BETWEEN 0 AND 3650),
      ADD CONSTRAINT chk_mailbox_subject_threading_days CHECK (subject_threading_days BETWEEN 0 AND 30),
      ADD CONSTRAINT chk_mailbox_form_senders CHECK (jsonb_typeof(form_senders) = 'array'),
      ADD CONSTRAINT chk_mailbox_authserv_ids CHECK (jsonb_typeof(trusted_authserv_ids) = 'array');

    ALTER TABLE inbound_emails
      ADD COLUMN authentication varchar(10),
      ADD COLUMN authentication_detail jsonb,
      ADD CONSTRAINT chk_inbound_authentication CHECK (authentication IN ('pass', 'pass_arc', 'none', 'fail', 'unknown'));
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE inbound_emails DROP COLUMN authentication, DROP COLUMN authentication_detail;
    ALTER TABLE mailboxes DROP COLUMN late_answers, DROP COLUMN reopen_days, DROP COLUMN subject_threading_days,
      DROP COLUMN is_subject_strict, DROP COLUMN form_senders, DROP COLUMN trusted_authserv_ids,
      DROP COLUMN verifies_signatures, DROP COLUMN trusts_agent_mail, DROP COLUMN accepts_requester_domain;
  `)
}
