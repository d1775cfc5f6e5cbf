// Looks at the desk's processes and its connections every few seconds for as long as a soak goes on.
import { setTimeout as delay } from 'node:timers/promises'
import type { Rig } from '../contracts.ts'
import { openLiveMemory } from './live-memory.ts'
import { readUse } from './process-use.ts'

export interface Sample {
  /** Minutes since the watch began. */
  readonly minute: number
  readonly processes: readonly {
    readonly name: string
    readonly resident: number
    readonly descriptors: number
    /** Bytes left after a collection; only now and then. */
    readonly live: number | undefined
  }[]
  /** To PostgreSQL, of the whole desk. */
  readonly connections: number
}

const lookEveryMs = 5000
/** So many looks go by between two collections. */
const collectEvery = 6

/**
 * Fills `samples` until the signal; a process that is not there is left out. The processes were started `inspectable`, just
 * now, and live on meanwhile.
 */
export async function watchDesk(rig: Rig, samples: Sample[], signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const memories = new Map(
    await Promise.all(rig.all.map(async (victim) => [victim, await openLiveMemory(victim)] as const)),
  )
  try {
    for (let looks = 0; !signal.aborted; looks += 1) {
      const processes: Sample['processes'][number][] = []
      for (const [victim, memory] of memories) {
        const pid = victim.isRunning() ? victim.pid() : undefined
        if (pid === undefined) continue
        // Before the collection, which would hide how much garbage there was.
        const { resident, descriptors } = readUse(pid)
        const live = looks % collectEvery === 0 ? await memory.read() : undefined
        processes.push({ name: victim.name, resident, descriptors, live })
      }
      const { rows } = await rig.db.raw(
        `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = current_database()`,
      )
      const minute = (performance.now() - startedAt) / 60_000
      samples.push({ minute, processes, connections: rows[0].connections })
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined) // aborted: stop waiting
    }
  } finally {
    for (const memory of memories.values()) memory.close()
  }
}
