// Whether the desk makes of every mail what the generator expects; else a fault test would blame a fault.
import { createHash } from 'node:crypto'
import type { BlobKey, BlobStore, InboundEmailId, OutboundEmailId } from '@maildesk/core'
import type { Database } from '@maildesk/db'
import { fileEmail, sendEmail } from '@maildesk/flows'
import { createTestDatabase, startSmtpSink } from '@maildesk/testkit'
import { addMailbox, deskDeps, receiveMail } from '@maildesk/testkit/desk-deps'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import { expect, test } from 'vitest'
import { checkInvariants } from '../check/index.ts'
import type { Seen, Snapshot } from '../contracts.ts'
import { makeMails } from './index.ts'

test('the desk makes of all mail what it was made for', async () => {
  const seed = 3
  const database = await createTestDatabase()
  const sink = await startSmtpSink()
  const desk = await deskDeps(database)
  try {
    const mailbox = await addMailbox(desk, sink.port)
    const mails = makeMails({ seed, count: 120, to: mailbox.address })
    const random = seededRandom(seed)
    const waiting: InboundEmailId[] = []
    for (const { raw } of mails) {
      waiting.push(await receiveMail(desk, mailbox, raw))
      // Not in their order, and some while others are still to come.
      if (waiting.length > 8)
        await fileEmail(desk, waiting.splice(Math.floor(random() * 8), 1)[0] as InboundEmailId)
    }
    const unfinished = () =>
      desk.db('inbound_emails').where({ status: 'received' }).orderBy('id', 'desc').pluck('id')
    for (let round = 0; round < 10; round += 1) {
      await desk
        .db('inbound_emails')
        .where({ status: 'received' })
        .update({ next_attempt_at: desk.db.fn.now(), leased_until: null })
      await Promise.all((await unfinished()).map((id: InboundEmailId) => fileEmail(desk, id)))
    }
    for (const id of await desk.db('outbound_emails').where({ status: 'queued' }).pluck('id'))
      await sendEmail(desk, id as OutboundEmailId)

    const seen = sink.transactions.map(
      ({ recipients, raw, at, finalReply }): Seen => ({
        rfc822Id: /^message-id: (.*)$/im.exec(raw.toString())?.[1] ?? '',
        recipients,
        isAutomatic: true,
        inReplyTo: null,
        finalReply: finalReply ?? null,
        at: at.getTime(),
      }),
    )
    const delivered = mails.map((mail) => ({ mail, at: 0 }))
    const account = checkInvariants(
      { delivered, accepted: [], seen },
      await snapshotOf(
        desk.db,
        desk.blobs,
        mails.map(({ raw }) => raw),
      ),
    )
    expect(account).toMatchObject({ mails: 120, lost: 0, doubled: 0, misthreaded: 0, violations: [] })
    const people = new Set(
      mails
        .filter(
          ({ kind, rootMark, mark, isAutomatic, expects }) =>
            kind !== 'reply' && rootMark === mark && !isAutomatic && expects === 'filed',
        )
        .map(({ mark }) => mark),
    )
    expect(seen).toHaveLength(people.size)
  } finally {
    await desk.close()
    await sink.stop()
    await database.drop()
  }
})

const microTime = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

/** As the fault tests read it, with the delivered bytes for the mailbox. */
async function snapshotOf(db: Database, blobs: BlobStore, mailbox: readonly Buffer[]): Promise<Snapshot> {
  const rows = async (sql: string) => (await db.raw(sql)).rows
  const inbound = await rows(
    `SELECT id, subject, status, outcome, reason, ticket_id AS "ticketId", duplicate_of_id AS "duplicateOf",
            raw_key AS "rawKey", uid_validity::text AS "uidValidity", uid::int AS uid,
            ${microTime('received_at')} AS "receivedAt", ${microTime('finished_at')} AS "finishedAt"
       FROM inbound_emails ORDER BY uid`,
  )
  const attachments = await rows(
    'SELECT message_id AS "messageId", filename, trim(file) AS file, file_size AS size FROM attachments',
  )
  const known = new Map<string, boolean>()
  for (const key of [
    ...inbound.map(({ rawKey }: { rawKey: string }) => rawKey),
    ...attachments.map(({ file }: { file: string }) => file),
  ]) {
    const bytes = await blobs.read(key as BlobKey)
    known.set(key, createHash('sha256').update(bytes).digest('hex') === key)
  }
  return {
    inbound,
    attachments,
    messages: await rows(
      `SELECT id, ticket_id AS "ticketId", inbound_email_id AS "inboundEmailId", rfc822_id AS "rfc822Id",
              message_text AS text, ${microTime('created_at')} AS "createdAt" FROM messages`,
    ),
    tickets: await rows('SELECT id, number, title FROM tickets'),
    outbound: await rows(
      `SELECT id, kind, status, ticket_id AS "ticketId", message_id AS "messageId",
              cause_inbound_id AS "causeInboundId", rfc822_id AS "rfc822Id", uncertain_attempts AS "uncertainAttempts",
              (SELECT json_agg(json_build_object('address', address, 'status', d.status))
                 FROM outbound_deliveries d WHERE outbound_email_id = o.id) AS deliveries
         FROM outbound_emails o`,
    ),
    blobs: known,
    mailbox: new Map(
      inbound.map(({ uidValidity, uid }: { uidValidity: string; uid: number }, at: number) => [
        `${uidValidity}/${uid}`,
        createHash('sha256')
          .update(mailbox[at] ?? '')
          .digest('hex'),
      ]),
    ),
  }
}
