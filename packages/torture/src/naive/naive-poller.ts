// The usual poller, in the usual order of steps: to be compared with, and used for nothing else.
// Look for unseen mail, fetch it, which flags it as seen, keep it in memory, insert it unless its Message-ID is known.
import { setTimeout as delay } from 'node:timers/promises'
import { connectDatabase } from '@maildesk/db'
import { readHeaderSection } from '@maildesk/mail'
import { ImapFlow } from 'imapflow'

const [databaseUrl = '', port = '', user = '', pass = ''] = process.argv.slice(2)
/** Between two looks, milliseconds. */
const pollMs = 1000

const db = connectDatabase(databaseUrl, { poolMax: 2 })
await db.raw(
  'CREATE TABLE IF NOT EXISTS naive_tickets (id bigserial PRIMARY KEY, message_id text, subject text)',
)
const queue: Buffer[] = []
void work()
for (;;) {
  try {
    await poll()
  } catch (error) {
    process.stderr.write(`${error}\n`)
  }
  await delay(pollMs)
}

async function poll(): Promise<void> {
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port: Number(port), secure: false, auth: { user, pass }, logger: false },
  })
  await client.connect()
  await client.mailboxOpen('INBOX')
  const unseen = (await client.search({ seen: false }, { uid: true })) || []
  for (const uid of unseen) {
    const mail = await client.fetchOne(String(uid), { source: true }, { uid: true })
    // imapflow peeks; FETCH RFC822, which others send, flags the mail as it is fetched.
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true })
    const source = mail ? mail.source : undefined
    if (source) queue.push(source)
  }
  await client.logout()
}

async function work(): Promise<void> {
  for (;;) {
    const raw = queue.shift()
    if (raw) await insert(raw).catch((error) => process.stderr.write(`${error}\n`))
    else await delay(50)
  }
}

async function insert(raw: Buffer): Promise<void> {
  const { messageId, subject } = readHeaderSection(raw)
  if (messageId !== null && (await db('naive_tickets').where({ message_id: messageId }).first())) return
  await db('naive_tickets').insert({ message_id: messageId, subject })
}
