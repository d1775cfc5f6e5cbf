// Looks at the desk's processes and its connections every few seconds for as long as a soak goes on.
import { setTimeout as delay } from 'node:timers/promises'
import type { Rig } from '../contracts.ts'
import { readUse } from './process-use.ts'

export interface Sample {
  /** Minutes since the watch began. */
  readonly minute: number
  readonly processes: readonly {
    readonly name: string
    readonly resident: number
    readonly descriptors: number
  }[]
  /** To PostgreSQL, of the whole desk. */
  readonly connections: number
}

const lookEveryMs = 5000

/** Fills `samples` until the signal; a process that is not there is left out. */
export async function watchDesk(rig: Rig, samples: Sample[], signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  while (!signal.aborted) {
    const processes = rig.all.flatMap((victim) => {
      const pid = victim.isRunning() ? victim.pid() : undefined
      if (pid === undefined) return []
      const { resident, descriptors } = readUse(pid)
      return [{ name: victim.name, resident, descriptors }]
    })
    const { rows } = await rig.db.raw(
      `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = current_database()`,
    )
    samples.push({
      minute: (performance.now() - startedAt) / 60_000,
      processes,
      connections: rows[0].connections,
    })
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined) // aborted: stop waiting
  }
}
