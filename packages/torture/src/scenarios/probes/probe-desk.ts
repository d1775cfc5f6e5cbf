// Probes of a whole desk.
import { setTimeout as delay } from 'node:timers/promises'
import { type FailpointName, failpointNames } from '@maildesk/failpoints'
import type { Rig, Violation } from '../../contracts.ts'
import { makeMails } from '../../generate/index.ts'
import { probe } from './probe.ts'

const fireTimeoutMs = 25_000
/** The moments at which most of what could be forgotten is in one process only. */
const moments: readonly FailpointName[] = ['receive.inserted', 'receive.committed', 'file.committed']

export const probeKill = probe(
  'probe-kill',
  'One mail, and a process killed beside its commits, while nothing compares folder and ledger.',
  async (rig, { only, seed }) => {
    const named = failpointNames.filter((name) => only.includes(name))
    if (only.length > 0 && named.length === 0)
      throw new RangeError(`no failpoint is called ${only.join(', ')}`)
    for (const [index, name] of (named.length > 0 ? named : moments).entries()) {
      const armed = rig.arm({ name, nth: 1, action: 'kill' })
      await deliver(rig, { seed: seed * 100 + index, count: 1, shape: ['plain'] })
      const fired = await armed.fired(fireTimeoutMs)
      armed.disarm()
      if (!fired) throw new Error(`${name} was not hit`)
    }
    return () => unacknowledged(rig)
  },
)

export const probeKinds = probe(
  'probe-kinds',
  'Mail without Message-ID, with one used before, and delivered twice: nothing is taken for what it is not.',
  async (rig, { seed }) => {
    const shape = ['plain', 'no-message-id', 'reused-message-id', 'duplicate'] as const
    await deliver(rig, { seed, count: 20, shape })
    return () => secondMessage(rig)
  },
)

export const probeUnanswered = probe(
  'probe-unanswered',
  'The server takes an acknowledgement and the connection breaks before it says so: no second one leaves.',
  async (rig, { seed }) => {
    rig.sink.script({ at: 'final', action: { drop: true } })
    await deliver(rig, { seed, count: 1, shape: ['plain'] })
    return undefined
  },
)

export const probeUidValidity = probe(
  'probe-uidvalidity',
  'The server numbers its folder anew: mail with a number below the old cursor is read.',
  async (rig, { seed }) => {
    await deliver(rig, { seed, count: 3, shape: ['plain'] })
    await rig.drained()
    await rig.poller.signal('SIGSTOP')
    await rig.dovecot.newUidValidity(rig.support)
    await deliver(rig, { seed: seed + 1, count: 1, shape: ['plain'] })
    await rig.poller.signal('SIGKILL')
    return undefined
  },
)

async function deliver(
  rig: Rig,
  { seed, count, shape }: { seed: number; count: number; shape: Parameters<typeof makeMails>[0]['shape'] },
): Promise<void> {
  for (const mail of makeMails({ seed, count, to: rig.support, ...(shape ? { shape } : {}) }))
    await rig.deliver(mail)
}

/** Tickets without an acknowledgement, of mail that gets one. */
async function unacknowledged(rig: Rig): Promise<Violation[]> {
  // What is forgotten never comes: whatever is only late has this long, milliseconds.
  await delay(1000)
  const { rows } = await rig.db.raw(
    `SELECT number FROM tickets t WHERE NOT EXISTS (
       SELECT FROM outbound_emails o WHERE o.ticket_id = t.id AND o.kind = 'acknowledgement')`,
  )
  return rows.map(
    ({ number }: { number: string }): Violation => ({
      invariant: 'I4',
      kind: 'lost',
      detail: `ticket ${number} has no acknowledgement`,
    }),
  )
}

/** The last guard is asked for by itself: those before it never let anything come so far. */
async function secondMessage(rig: Rig): Promise<Violation[]> {
  const transaction = await rig.db.transaction()
  try {
    const { rowCount } = await transaction.raw(
      `UPDATE messages SET inbound_email_id = (SELECT min(inbound_email_id::text)::uuid FROM messages)
        WHERE id = (SELECT id FROM messages WHERE inbound_email_id IS NOT NULL ORDER BY inbound_email_id::text DESC LIMIT 1)`,
    )
    return [
      {
        invariant: 'I2',
        kind: 'doubled',
        detail: `the schema lets a mail have two messages (${rowCount} row)`,
      },
    ]
  } catch (error) {
    if ((error as { code?: string }).code === '23505') return [] // unique_violation: as it must be
    throw error
  } finally {
    await transaction.rollback()
  }
}
