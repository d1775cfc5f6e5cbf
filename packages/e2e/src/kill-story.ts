// The story both kill tests tell: mails pour in, each process is killed in turn, and in the end every mail is accounted for.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@maildesk/db'
import { type Account, accountFor } from './account-for.ts'
import { type MadeMail, makeConversations } from './conversations.ts'
import type { FourProcesses } from './four-processes.ts'
import { waitForRest } from './wait-for-rest.ts'

export interface KillStory {
  readonly mails: number
  readonly to: string
  readonly seed: number
  /** Pause after each kill, milliseconds: time to do some work before the next. */
  readonly pauseMs: number
  /** How often each process is killed. */
  readonly rounds: number
  /** Resolves when the mail server has the mail for good. */
  readonly deliver: (mail: MadeMail) => Promise<void>
}

export interface Told {
  readonly account: Account
  readonly kills: number
}

/** Delivers, kills, waits until all is at rest, and accounts. */
export async function tellKillStory(db: Database, desk: FourProcesses, story: KillStory): Promise<Told> {
  const mails = makeConversations(story.mails, story.to, story.seed, new Date())
  await Promise.all(desk.all.map((each) => each.waitForLog('"msg":"ready"', 60_000)))
  const delivering = deliverAll(mails, story.deliver)
  let kills = 0
  for (let round = 0; round < story.rounds; round += 1) {
    for (const victim of desk.all) {
      await sleep(story.pauseMs)
      await victim.kill('SIGKILL')
      victim.restart()
      kills += 1
    }
  }
  await delivering
  await waitForRest(db, desk, mails.length, { timeoutMs: 180_000, intervalMs: 500 })
  return { account: await accountFor(db, mails), kills }
}

async function deliverAll(mails: readonly MadeMail[], deliver: KillStory['deliver']): Promise<void> {
  for (const mail of mails) await deliver(mail)
}
