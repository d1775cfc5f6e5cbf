// `npm run torture:compare`: the same mail and the same kills against a naive poller and against maildesk.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { connectDatabase } from '@maildesk/db'
import { startDeskProcess, startDovecot, startPostgres } from '@maildesk/testkit'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import type { MadeMail } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import { openRig } from '../rig/open-rig.ts'

const help = `npm run torture:compare -- --seed N [--mails 1000] [--kills 30]

The same mail, and SIGKILLs at the same moments, against a poller that looks for unseen mail and against maildesk: how
many mails each lost and doubled.
`
const user = 'support@example.com'
/** Longest pause before a kill, milliseconds. */
const maxPauseMs = 3000
/** How long after the last mail the naive poller has, milliseconds: many times what it needs. */
const restMs = 15_000

interface Row {
  readonly who: string
  readonly mails: number
  readonly kills: number
  readonly lost: number
  readonly doubled: number
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    mails: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '30' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(help)
else await main(Number(values.seed), Number(values.mails), Number(values.kills))

async function main(seed: number, count: number, kills: number): Promise<void> {
  // Only mail that a naive poller can be asked for: each with a Message-ID of its own.
  const mails = makeMails({ seed, count, to: user, shape: ['plain', 'html', 'attachments', 'reply'] })
  const random = seededRandom(seed)
  const pauses = Array.from({ length: kills }, () => random() * maxPauseMs)
  for (const { who, ...row } of [await naive(mails, pauses), await ours(mails, pauses, seed)])
    process.stdout.write(
      `${who.padEnd(14)} ${row.mails} mails, ${row.kills} kills: ${row.lost} lost, ${row.doubled} doubled\n`,
    )
}

async function naive(mails: readonly MadeMail[], pauses: readonly number[]): Promise<Row> {
  const postgres = await startPostgres()
  const dovecot = await startDovecot()
  const db = connectDatabase(postgres.url, { poolMax: 2 })
  const storage = mkdtempSync(join(tmpdir(), 'maildesk-naive-'))
  const args = [
    ...[postgres.url, String(dovecot.imapPort), user, dovecot.password],
    pathToFileURL(storage).href,
  ]
  const start = () => startDeskProcess('naive', 'packages/torture/src/naive/naive-poller.ts', args, {})
  let poller = start()
  try {
    const strike = async () => {
      await poller.kill('SIGKILL')
      poller = start()
    }
    await pour(mails, pauses, (mail) => dovecot.deliver(user, mail.raw, mail.from), strike)
    await delay(restMs)
    const rows: { subject: string }[] = await db('naive_tickets').select('subject')
    const copies = mails.map(({ mark }) => rows.filter(({ subject }) => subject.includes(mark)).length)
    return {
      ...{ who: 'naive poller', mails: mails.length, kills: pauses.length },
      lost: copies.filter((times) => times === 0).length,
      doubled: copies.filter((times) => times > 1).length,
    }
  } finally {
    await poller.kill('SIGKILL')
    await db.destroy()
    await dovecot.stop()
    await postgres.stop()
    rmSync(storage, { recursive: true, force: true })
  }
}

async function ours(mails: readonly MadeMail[], pauses: readonly number[], seed: number): Promise<Row> {
  const rig = await openRig({ backend: 'postgres', seed })
  try {
    await pour(
      mails,
      pauses,
      (mail) => rig.deliver(mail),
      () => rig.poller.signal('SIGKILL'),
    )
    await rig.drained(300_000)
    const { lost, doubled } = await rig.account()
    return { who: 'maildesk', mails: mails.length, kills: pauses.length, lost, doubled }
  } finally {
    await rig.stop()
  }
}

/** Mail flows all the while, and the kills come when they come. */
async function pour(
  mails: readonly MadeMail[],
  pauses: readonly number[],
  deliver: (mail: MadeMail) => Promise<void>,
  strike: () => Promise<void>,
): Promise<void> {
  const spacing = pauses.reduce((sum, pause) => sum + pause, 0) / Math.max(1, mails.length)
  const flow = async () => {
    for (const mail of mails) {
      await deliver(mail)
      await delay(spacing)
    }
  }
  const kills = async () => {
    for (const pause of pauses) {
      await delay(pause)
      await strike()
    }
  }
  await Promise.all([flow(), kills()])
}
