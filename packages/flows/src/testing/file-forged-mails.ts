// The flood of scenario 17: somebody makes the desk write to thousands of strangers, in words of the attacker's choice.

import { seedInbound } from '@maildesk/testkit'
import { anAddress, anEmail } from '@maildesk/testkit/an-email'
import { addMailbox, type TestDesk, withParsed } from '@maildesk/testkit/desk-deps'
import { fileEmail } from '../file-email.ts'

/** What stands in every field that the attacker writes. */
const canary = 'BUY-AT-EVIL'
/** Addresses forged at each domain. */
const perDomain = 25
/** Mails filed side by side. */
const side = 4

/** Files `count` mails, each in another stranger's name, and tells what left. */
export async function fileForgedMails(desk: TestDesk, count: number) {
  const mailbox = await addMailbox(desk, 1)
  let next = 0
  const fileOne = async () => {
    next += 1
    const n = next
    const from = `victim${n}@victims${Math.ceil(n / perDomain)}.example`
    const { id } = await seedInbound(desk.db, {
      mailbox_id: mailbox.id,
      from_address: from,
      internal_date: new Date(),
    })
    const email = anEmail({
      messageId: `${canary}.${n}@evil.example`,
      date: new Date().toISOString(),
      from: [anAddress(from, canary)],
      to: [anAddress(mailbox.address, canary)],
      subject: `${canary} ${n}`,
      text: `${canary} of part ${n}\n`,
      html: `<a href="https://evil.example">${canary}</a>`,
    })
    await fileEmail(withParsed(desk, email), id)
  }
  const fileAll = async () => {
    while (next < count) await fileOne()
  }
  await Promise.all(Array.from({ length: side }, fileAll))
  return tellWhatLeft(desk)
}

async function tellWhatLeft({ db }: TestDesk) {
  const { rows } = await db.raw(
    `WITH sent AS (SELECT o.composed, lower(d.address) AS address, split_part(lower(d.address), '@', 2) AS domain
                     FROM outbound_emails o JOIN outbound_deliveries d ON d.outbound_email_id = o.id)
     SELECT (SELECT count(*)::int FROM tickets) AS tickets,
            (SELECT count(*)::int FROM sent) AS acknowledgements,
            (SELECT count(*)::int FROM ticket_events WHERE type = 'acknowledgement_withheld') AS withheld,
            (SELECT count(*)::int FROM ticket_events WHERE type = 'automatic_mail_alarm') AS alarms,
            (SELECT max(n)::int FROM (SELECT count(*) AS n FROM sent GROUP BY domain) AS by_domain) AS "mostPerDomain",
            (SELECT max(n)::int FROM (SELECT count(*) AS n FROM sent GROUP BY address) AS by_address) AS "mostPerRecipient",
            -- The Message-ID of the mail that is answered has to be repeated (RFC 5322 §3.6.4); nobody is shown it.
            (SELECT count(*)::int FROM sent
              WHERE (composed - 'inReplyTo' - 'references')::text ILIKE ?) AS "withTheirWords"`,
    [`%${canary}%`],
  )
  return rows[0]
}
