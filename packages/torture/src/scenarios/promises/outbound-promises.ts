// Promises about mail that goes out.
import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '@maildesk/testkit'
import type { Rig, Violation } from '../../contracts.ts'
import { deliver, type KeptPromise, violation } from './promise.ts'

export const outboundPromises: readonly KeptPromise[] = [
  {
    name: 'fencing',
    promise: 'A worker that stood still beyond its lease sends nothing when it wakes.',
    async run(rig, seed) {
      const ticket = await aTicket(rig, seed)
      const armed = rig.arm({ name: 'send.opened', nth: 1, action: 'stop' })
      const { messageId } = await rig.reply(ticket, `answer ${seed}`)
      if (!(await armed.fired(20_000))) return [violation('I4', 'send.opened was not reached')]
      const stopped = rig.workers.find((worker) => worker.pid() === armed.pid())
      await waitUntil(async () => (await statusOf(rig, messageId)) === 'sent', {
        timeoutMs: 30_000,
        what: 'another worker to send',
      })
      await stopped?.signal('SIGCONT')
      await delay(2000)
      return copies(rig, await idOf(rig, messageId), 1)
    },
  },
  {
    name: 'cut-after-the-dot',
    promise:
      'An answer whose fate is unknown leaves twice at most, unchanged, and the ticket says so; an acknowledgement once.',
    async run(rig, seed) {
      const ticket = await aTicket(rig, seed)
      rig.sink.script({ at: 'final', action: { drop: true } })
      const { messageId } = await rig.reply(ticket, `answer ${seed}`)
      await rig.drained()
      const id = await idOf(rig, messageId)
      rig.sink.script({ at: 'final', action: { drop: true } })
      const [mail] = await deliver(rig, seed + 1, 1, ['plain'])
      await rig.drained()
      const acknowledgement = await rig
        .db('outbound_emails')
        .where({ kind: 'acknowledgement' })
        .orderBy('queued_at', 'desc')
        .first('rfc822_id')
      const told = await rig
        .db('ticket_events')
        .where({ ticket_id: ticket, type: 'reply_sent' })
        .orderBy('created_at', 'desc')
        .first('data')
      return [
        ...copies(rig, id, 2),
        ...copies(rig, acknowledgement?.rfc822_id ?? '', 1),
        ...(told?.data?.may_have_been_delivered_twice
          ? []
          : [
              violation('I4', `the ticket does not tell that the answer may have come twice (${mail?.mark})`),
            ]),
      ]
    },
  },
  {
    name: 'cut-in-the-body',
    promise: 'A connection that breaks in the middle of a body leads to exactly one copy.',
    async run(rig, seed) {
      const ticket = await aTicket(rig, seed)
      rig.sink.script({ at: 'body', action: { dropAfterBytes: 200 } })
      const { messageId } = await rig.reply(ticket, `answer ${seed}`)
      await rig.drained()
      return copies(rig, await idOf(rig, messageId), 1)
    },
  },
  {
    name: 'late-yes',
    promise: 'A server that takes its time over a mail gets it once, and the lease lasts as long.',
    async run(rig, seed) {
      const ticket = await aTicket(rig, seed)
      // Longer than the lease, shorter than the time-out.
      rig.sink.script({ at: 'final', action: { stallMs: 8000 } })
      const { messageId } = await rig.reply(ticket, `answer ${seed}`)
      await rig.drained()
      const row = await rig
        .db('outbound_emails')
        .where({ message_id: messageId })
        .first('attempts', 'uncertain_attempts')
      const isOnce = row?.attempts === 1 && row.uncertain_attempts === 0
      return [
        ...(isOnce ? [] : [violation('I4', `it took ${row?.attempts} attempts: the lease was lost`)]),
        ...copies(rig, await idOf(rig, messageId), 1),
      ]
    },
  },
  {
    name: 'cut-at-each-verb',
    promise: 'A connection that breaks before the body leads to one copy, and nobody doubts it.',
    async run(rig, seed) {
      const ticket = await aTicket(rig, seed)
      const found: Violation[] = []
      for (const at of ['connect', 'ehlo', 'mail', 'rcpt', 'data'] as const) {
        rig.sink.script({ at, action: { drop: true } })
        const { messageId } = await rig.reply(ticket, `answer ${seed} ${at}`)
        await rig.drained()
        const row = await rig
          .db('outbound_emails')
          .where({ message_id: messageId })
          .first('uncertain_attempts')
        if (row?.uncertain_attempts !== 0)
          found.push(violation('I4', `dropped at ${at} it counts as uncertain`))
        found.push(...copies(rig, await idOf(rig, messageId), 1))
      }
      return found
    },
  },
]

async function aTicket(rig: Rig, seed: number): Promise<string> {
  await deliver(rig, seed, 1, ['plain'])
  await rig.drained()
  return (await rig.db('tickets').orderBy('number', 'desc').first('id'))?.id
}

async function statusOf(rig: Rig, messageId: string): Promise<string | undefined> {
  return (await rig.db('outbound_emails').where({ message_id: messageId }).first('status'))?.status
}

async function idOf(rig: Rig, messageId: string): Promise<string> {
  return (await rig.db('outbound_emails').where({ message_id: messageId }).first('rfc822_id'))?.rfc822_id
}

/** Complete copies that were not refused. */
function copies(rig: Rig, rfc822Id: string, wanted: number): Violation[] {
  const { length } = rig.ledgers.seen.filter(
    (seen) => seen.rfc822Id === rfc822Id && (seen.finalReply === null || seen.finalReply.startsWith('2')),
  )
  return length === wanted
    ? []
    : [violation('I4', `${length} copies of ${rfc822Id} left, not ${wanted}`, 'doubled')]
}
