// What tests of four processes need beside them: an admin's token, health as told, mails accounted for.
import type { UserId } from '@maildesk/core'
import { createApiToken, type Database, insertUser, inTransaction } from '@maildesk/db'
import { createIdSource } from '@maildesk/runtime'
import { waitUntil } from '@maildesk/testkit'
import { accountFor } from './account-for.ts'
import type { MadeMail } from './conversations.ts'
import type { FourProcesses } from './four-processes.ts'
import { waitForRest } from './wait-for-rest.ts'

/** A new admin's token. */
export async function makeAdminToken(db: Database): Promise<string> {
  const ids = createIdSource()
  const { token } = await inTransaction(db, async (tx) => {
    const admin = await insertUser(tx, {
      id: ids.uuid() as UserId,
      email: `admin-${ids.uuid()}@desk.example`,
      first_name: 'Ada',
      last_name: 'Admin',
      role: 'admin',
    })
    return createApiToken(tx, { id: ids.uuid(), userId: admin.id, name: 'tests', expiresAt: null })
  })
  return token
}

export interface ToldHealth {
  readonly status: number
  /** Name of each dependency that is down → its error. */
  readonly down: Readonly<Record<string, string>>
}

async function readHealth(apiUrl: string): Promise<ToldHealth> {
  const response = await fetch(`${apiUrl}/health/ready`)
  const { dependencies = [], mailboxes = [] } = (await response.json()) as {
    dependencies?: { name: string; ok: boolean; error: string | null }[]
    mailboxes?: { address: string; ok: boolean; error: string | null }[]
  }
  const all = [...dependencies, ...mailboxes.map(({ address, ...rest }) => ({ name: address, ...rest }))]
  return {
    status: response.status,
    down: Object.fromEntries(all.filter(({ ok }) => !ok).map(({ name, error }) => [name, error ?? ''])),
  }
}

export function waitForHealth(
  apiUrl: string,
  what: string,
  is: (health: ToldHealth) => boolean,
): Promise<ToldHealth> {
  let last: ToldHealth | undefined
  return waitUntil(
    async () => {
      last = await readHealth(apiUrl)
      return is(last) && last
    },
    { timeoutMs: 30_000, intervalMs: 200, what: `health to be ${what}` },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; it was ${JSON.stringify(last)}`, { cause: error })
  })
}

/** Waits until all mails are filed and all outgoing mail is at rest, and tells which were lost, doubled or misthreaded. */
export async function settle(
  db: Database,
  desk: FourProcesses,
  mails: readonly MadeMail[],
  timeoutMs = 40_000,
) {
  await waitForRest(db, desk, mails.length, { timeoutMs, intervalMs: 300 })
  const { lost, doubled, misthreaded } = await accountFor(db, mails)
  return { lost, doubled, misthreaded }
}
