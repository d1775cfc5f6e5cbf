// PostgreSQL dies, stands still, throws everybody out, or is done with what nobody hears of.
import { setTimeout as delay } from 'node:timers/promises'
import { connectDatabase } from '@maildesk/db'
import { waitUntil } from '@maildesk/testkit'
import type { Rig } from '../contracts.ts'
import { during, type Fault, outage, pause } from './fault.ts'

/** More than the server takes. */
const tooManyConnections = 160

export const postgresFaults: readonly Fault[] = [
  {
    name: 'postgres-killed',
    about: 'postgres',
    shows: 'database-away',
    strike: ({ servers: { postgres } }, random) =>
      during(
        () => postgres.kill(),
        () => outage(random),
        () => postgres.restart(),
      ),
  },
  {
    name: 'postgres-stopped-at-once',
    about: 'postgres',
    async strike(rig) {
      const pid = await postmasterOf(rig)
      // SIGQUIT is the immediate shutdown: no checkpoint, recovery at the next start.
      process.kill(pid, 'SIGQUIT')
      await delay(1000)
      await rig.servers.postgres.kill()
      await rig.servers.postgres.restart()
    },
  },
  {
    name: 'postgres-backends-terminated',
    about: 'postgres',
    async strike({ db }, random) {
      for (let time = 0; time < 3; time += 1) {
        await db.raw(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
        )
        await pause(random, 200, 600)
      }
    },
  },
  {
    name: 'postgres-frozen',
    about: 'postgres',
    shows: 'database-away',
    strike: ({ servers: { postgres } }, random) =>
      during(
        () => postgres.freeze(),
        () => outage(random),
        () => postgres.thaw(),
      ),
  },
  {
    name: 'postgres-link-cut',
    about: 'postgres',
    async strike({ links }, random) {
      for (let time = 0; time < 4; time += 1) {
        links.postgres.cut()
        await pause(random, 100, 700)
      }
    },
  },
  {
    name: 'postgres-link-silent',
    about: 'postgres',
    shows: 'database-away',
    strike: ({ links }, random) =>
      during(
        () => links.postgres.blackhole(true),
        () => outage(random),
        () => links.postgres.blackhole(false),
      ),
  },
  {
    name: 'postgres-link-standing-still',
    about: 'postgres',
    strike: ({ links }, random) =>
      during(
        () => links.postgres.pause(),
        () => pause(random, 1000, 5000),
        () => links.postgres.resume(),
      ),
  },
  {
    name: 'postgres-commit-unanswered',
    about: 'postgres',
    async strike({ links }) {
      for (let time = 0; time < 3; time += 1) {
        const swallowing = links.postgres.swallowNextAnswerTo(/commit/i)
        await waitUntil(() => swallowing.isDone(), { what: 'a COMMIT to come by', timeoutMs: 20_000 })
      }
    },
  },
  {
    name: 'postgres-full',
    about: 'postgres',
    strike: ({ links, databaseUrl }, random) =>
      during(
        async () => {
          const crowd = connectDatabase(databaseUrl, { poolMax: tooManyConnections })
          const asked = Array.from({ length: tooManyConnections }, () =>
            // Refused ones are the point; the others sit there until the crowd goes.
            crowd.raw('SELECT pg_sleep(4)').catch(() => undefined),
          )
          await delay(500)
          // Those that the desk had are taken too.
          links.postgres.cut()
          return { crowd, asked }
        },
        () => pause(random, 2000, 4000),
        async ({ crowd, asked }) => {
          await Promise.all(asked)
          await crowd.destroy()
        },
      ),
  },
]

async function postmasterOf({ db }: Rig): Promise<number> {
  const { rows } = await db.raw(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`)
  return rows[0].pid
}
