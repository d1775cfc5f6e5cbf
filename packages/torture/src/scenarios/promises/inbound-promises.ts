// Promises about mail that comes in.
import { setTimeout as delay } from 'node:timers/promises'
import { ImapFlow } from 'imapflow'
import { marksIn } from '../../check/evidence.ts'
import { judgeOthersPace } from '../../check/over-time.ts'
import type { MadeMail, Rig } from '../../contracts.ts'
import { deliver, type KeptPromise, setMailbox, violation } from './promise.ts'

/** Polls that a quiet mailbox is watched for, at one a second. */
const quietMs = 4000
/** Starts that a mail may cost, and one more for good measure. */
const maxStarts = 5
/** Mails whose time to their ticket is measured, once without trouble and once with it. */
const pacedMails = 40
/** How long a mail hangs while they pass it by. */
const hangMs = 10_000

export const inboundPromises: readonly KeptPromise[] = [
  {
    name: 'kinds',
    promise: 'Mail of every kind is kept: without Message-ID, with that of another, twice, unreadable.',
    async run(rig, seed) {
      await deliver(rig, seed, 60)
      return []
    },
  },
  {
    name: 'read-by-hand',
    promise: 'A mail that somebody read in the mailbox before us is filed all the same.',
    async run(rig, seed) {
      await rig.poller.signal('SIGSTOP')
      await deliver(rig, seed, 2, ['plain'])
      await readAll(rig)
      await rig.poller.signal('SIGCONT')
      return []
    },
  },
  {
    name: 'quiet',
    promise: 'A mailbox without new mail is polled and nothing is fetched again.',
    async run(rig, seed) {
      await deliver(rig, seed, 2, ['plain'])
      await rig.drained()
      const { hits } = await rig.counting(() => delay(quietMs))
      const polls = hits.get('poll.listed') ?? 0
      const fetched = hits.get('poll.described') ?? 0
      return [
        ...(polls === 0 ? [violation('I6', 'a quiet mailbox was not polled')] : []),
        ...(fetched > 0 ? [violation('I11', `${fetched} fetches in ${polls} polls of a quiet mailbox`)] : []),
      ]
    },
  },
  {
    name: 'taken-away',
    promise: 'A mail is deleted in the mailbox only once it is safe with us.',
    async run(rig, seed) {
      await setMailbox(rig, { after_processing: 'delete' })
      for (const [index, name] of (['receive.inserted', 'poll.after-told'] as const).entries()) {
        const armed = rig.arm({ name, nth: 1, action: 'kill' })
        await deliver(rig, seed + index, 2, ['plain'])
        if (!(await armed.fired(20_000))) return [violation('I9', `${name} was not reached`)]
        await rig.drained()
      }
      await setMailbox(rig, { after_processing: 'keep' })
      return []
    },
  },
  {
    name: 'one-hangs',
    promise: 'A mail over which a worker hangs, and mails that nobody can read, hold up no others.',
    async run(rig, seed) {
      const usualMs = await timesToTicket(rig, await deliver(rig, seed, pacedMails, ['plain']))
      const hanging = rig.arm({ name: 'file.parsed', nth: 1, action: 'delay', ms: hangMs })
      const [hung] = await deliver(rig, seed + 1, 1, ['plain'])
      if (!hung || !(await hanging.fired(20_000))) return [violation('I7', 'no mail hung')]
      await deliver(rig, seed + 2, 4, ['too-many-parts', 'too-deep'])
      const passingMs = await timesToTicket(rig, await deliver(rig, seed + 3, pacedMails, ['plain']))
      const [hungMs = 0] = await timesToTicket(rig, [hung])
      return [
        ...(hungMs < hangMs
          ? [violation('I7', `the mail that was to hang had its end after ${hungMs} ms`)]
          : []),
        ...judgeOthersPace(usualMs, passingMs),
      ]
    },
  },
  {
    name: 'crash-loop',
    promise: 'A mail that kills whoever works on it is held after three starts.',
    async run(rig, seed) {
      let starts = 0
      let armed = rig.arm({ name: 'file.judged', nth: 1, action: 'kill' })
      await deliver(rig, seed, 1, ['plain'])
      while (starts < maxStarts && (await armed.fired(20_000))) {
        starts += 1
        armed = rig.arm({ name: 'file.judged', nth: 1, action: 'kill' })
        if (await isHeld(rig)) break
      }
      armed.disarm()
      await rig.drained()
      const held = await rig.db('inbound_emails').orderBy('received_at', 'desc').first('id', 'status')
      if (held?.status !== 'quarantined')
        return [violation('I8', `it is ${held?.status} after ${starts} starts`)]
      // A person looks at it and lets it in, as the account expects of every mail.
      await rig.release(held.id)
      return starts > 3 ? [violation('I8', `${starts} processes died of one mail`)] : []
    },
  },
]

/** Milliseconds from each mail's delivery to the end of its row, when all is at rest. */
async function timesToTicket(rig: Rig, mails: readonly MadeMail[]): Promise<number[]> {
  await rig.drained()
  const ends = new Map(
    (await rig.snapshot()).inbound.map(({ subject, finishedAt }) => [marksIn(subject)[0], finishedAt]),
  )
  return rig.ledgers.delivered
    .filter(({ mail }) => mails.includes(mail))
    .map(({ mail, at }) => Math.round((ends.get(mail.mark) ?? Number.POSITIVE_INFINITY) - at))
}

/** True once nothing is left to be filed: the next start did not come. */
async function isHeld(rig: Rig): Promise<boolean> {
  const row = await rig.db('inbound_emails').where({ status: 'received' }).first('id')
  return row === undefined
}

/** What another mail program does when a person opens each mail. */
async function readAll({ dovecot, support }: Rig): Promise<void> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    secure: false,
    doSTARTTLS: false,
    auth: { user: support, pass: dovecot.password },
    logger: false,
  })
  await client.connect()
  const lock = await client.getMailboxLock('INBOX')
  try {
    await client.messageFlagsAdd('1:*', ['\\Seen'], { uid: true })
  } finally {
    lock.release()
    await client.logout()
  }
}
