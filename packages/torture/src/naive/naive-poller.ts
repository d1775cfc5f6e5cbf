// The usual poller, in the usual order of steps: to be compared with, and used for nothing else.
// Look for unseen mail, fetch it, which flags it as seen; then one after the other parse and insert it, unless its
// Message-ID is known.
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { connectDatabase } from '@maildesk/db'
import { defaultParseLimits, parseEmail } from '@maildesk/mail'
import { openBlobStore } from '@maildesk/storage'
import { ImapFlow } from 'imapflow'

const [databaseUrl = '', port = '', user = '', pass = '', storageUrl = ''] = process.argv.slice(2)
/** Between two looks, milliseconds. */
const pollMs = 1000

const db = connectDatabase(databaseUrl, { poolMax: 2 })
const blobs = await openBlobStore(storageUrl)
await db.raw(
  'CREATE TABLE IF NOT EXISTS naive_tickets (id bigserial PRIMARY KEY, message_id text, subject text, body text)',
)
for (;;) {
  try {
    for (const raw of await fetchUnseen()) await insert(raw)
  } catch (error) {
    process.stderr.write(`${error}\n`)
  }
  await delay(pollMs)
}

async function fetchUnseen(): Promise<Buffer[]> {
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port: Number(port), secure: false, auth: { user, pass }, logger: false },
  })
  await client.connect()
  try {
    await client.mailboxOpen('INBOX')
    const unseen = (await client.search({ seen: false }, { uid: true })) || []
    if (unseen.length === 0) return []
    const mails = await client.fetchAll(unseen.join(','), { source: true }, { uid: true })
    // imapflow peeks; FETCH RFC822, which others send, flags the mails as it fetches them.
    await client.messageFlagsAdd(unseen.join(','), ['\\Seen'], { uid: true })
    return mails.flatMap(({ source }) => source ?? [])
  } finally {
    await client.logout()
  }
}

async function insert(raw: Buffer): Promise<void> {
  const parsed = await parseEmail(Readable.from([raw]), blobs, defaultParseLimits)
  if (!parsed.ok) throw new Error(parsed.detail)
  const { messageId, subject, text } = parsed.email
  if (messageId !== null && (await db('naive_tickets').where({ message_id: messageId }).first())) return
  await db('naive_tickets').insert({ message_id: messageId, subject, body: text })
}
