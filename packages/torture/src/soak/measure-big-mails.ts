// Four mails of nearly 50 MiB at once through the real poller and worker: what they cost each process.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Rig } from '../contracts.ts'
import { type BigShape, bigMail } from './big-shapes.ts'
import { childrenOf, forgetPeak, peakOf, readUse } from './process-use.ts'

export interface BigMailsCost {
  /** What the main processes had when all was warm, and the most they had meanwhile; bytes. */
  readonly main: readonly { readonly name: string; readonly before: number; readonly peak: number }[]
  /** Most memory of each parser process, bytes. */
  readonly children: readonly number[]
  /** From the first delivery until the last mail was kept, and until it had its ticket; seconds. */
  readonly keptSeconds: number
  readonly ticketSeconds: number
}

const lookEveryMs = 100
/** All four must have their end within it, milliseconds. */
const patienceMs = 180_000
/** A mail small enough to cost nothing, and large enough to be streamed as large ones are. */
const warmBytes = 600 * 1024

/** Mails through everything first, so that what is measured is the big ones and not the start. */
export async function warmUp(rig: Rig, mails = 32): Promise<number> {
  const line = 'A line of text that somebody wrote, more or less.\r\n'
  const before = await endedMails(rig)
  for (let at = 0; at < mails; at += 1) {
    const raw = Buffer.from(
      `From: Warm <warm-${at}@made.example>\r\nTo: ${rig.support}\r\nMessage-ID: <warm-${at}-${before}@made.example>\r\nDate: ${new Date().toUTCString()}\r\nSubject: warm ${at}\r\n\r\n${line.repeat(warmBytes / line.length)}`,
    )
    await rig.dovecot.deliver(rig.support, raw, `warm-${at}@made.example`)
  }
  await waitForEnds(rig, before + mails)
  return mails
}

/** Delivers one mail of each shape at the same time and looks until the last has its ticket. */
export async function measureBigMails(
  rig: Rig,
  shapes: readonly BigShape[],
  run: string,
): Promise<BigMailsCost> {
  const mails = shapes.map((shape) => bigMail(shape, `${run}-${shape.replaceAll(' ', '-')}`))
  const before = await endedMails(rig)
  const main = [rig.poller, ...rig.workers].map(({ name, pid }) => {
    const id = pid() ?? 0
    forgetPeak(id)
    return { name, id, before: readUse(id).resident }
  })
  const children = new Map<number, number>()
  const startedAt = performance.now()
  const looking = new AbortController()
  const watching = watchChildren(rig, children, looking.signal)
  try {
    await Promise.all(mails.map((raw) => rig.dovecot.deliver(rig.support, raw, 'somebody@made.example')))
    const seconds = () => (performance.now() - startedAt) / 1000
    let keptSeconds = 0
    await waitForEnds(rig, before + mails.length, (kept) => {
      if (kept >= before + mails.length && keptSeconds === 0) keptSeconds = seconds()
    })
    return {
      main: main.map(({ name, id, before: bytes }) => ({ name, before: bytes, peak: peakOf(id) ?? 0 })),
      children: [...children.values()],
      keptSeconds,
      ticketSeconds: seconds(),
    }
  } finally {
    looking.abort()
    await watching
  }
}

async function watchChildren(rig: Rig, peaks: Map<number, number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const worker of rig.workers) {
      for (const child of childrenOf(worker.pid() ?? 0))
        peaks.set(child, peakOf(child) ?? peaks.get(child) ?? 0)
    }
    await sleep(lookEveryMs)
  }
}

async function waitForEnds(rig: Rig, ends: number, onKept?: (kept: number) => void): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const { rows } = await rig.db.raw(
      `SELECT count(*)::int AS kept, count(*) FILTER (WHERE status <> 'received')::int AS ended FROM inbound_emails`,
    )
    onKept?.(rows[0].kept)
    if (rows[0].ended >= ends) return
    if (performance.now() > deadline)
      throw new Error(`${rows[0].ended} of ${ends} mails had their end after ${patienceMs} ms`)
    await sleep(lookEveryMs)
  }
}

async function endedMails(rig: Rig): Promise<number> {
  const { rows } = await rig.db.raw(
    `SELECT count(*)::int AS ended FROM inbound_emails WHERE status <> 'received'`,
  )
  return rows[0].ended
}
