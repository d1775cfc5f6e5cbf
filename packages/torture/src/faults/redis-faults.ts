// Redis dies and comes back empty, forgets, stands still, or takes no more.
import { setTimeout as delay } from 'node:timers/promises'
import type { RedisServer } from '@maildesk/testkit'
import type { Neighbour, Rig } from '../contracts.ts'
import { during, type Fault, outage, pause } from './fault.ts'

interface OfRedis {
  readonly redis: RedisServer
  readonly server: Neighbour
  readonly link: NonNullable<Rig['links']['redis']>
}

function ofRedis({ redis, servers, links }: Rig): OfRedis {
  if (!redis || !servers.redis || !links.redis) throw new RangeError('this desk has no Redis')
  return { redis, server: servers.redis, link: links.redis }
}

export const redisFaults: readonly Fault[] = [
  {
    // Nothing is kept on disk: it comes back empty.
    name: 'redis-killed',
    about: 'redis',
    shows: 'queue-away',
    strike: (rig, random) =>
      during(
        () => ofRedis(rig).server.kill(),
        () => outage(random),
        () => ofRedis(rig).server.restart(),
      ),
  },
  {
    name: 'redis-emptied',
    about: 'redis',
    async strike(rig, random) {
      for (let time = 0; time < 3; time += 1) {
        await ofRedis(rig).redis.flushAll()
        await pause(random, 100, 600)
      }
    },
  },
  {
    name: 'redis-clients-killed',
    about: 'redis',
    async strike(rig, random) {
      for (let time = 0; time < 3; time += 1) {
        await ofRedis(rig).redis.command('CLIENT KILL TYPE normal SKIPME yes')
        await pause(random, 100, 600)
      }
    },
  },
  {
    name: 'redis-frozen',
    about: 'redis',
    shows: 'queue-away',
    strike: (rig, random) =>
      during(
        () => ofRedis(rig).server.freeze(),
        () => outage(random),
        () => ofRedis(rig).server.thaw(),
      ),
  },
  {
    // One slow command holds up all others, as KEYS on a large database does.
    name: 'redis-busy',
    about: 'redis',
    strike: (rig, random) => ofRedis(rig).redis.command(`DEBUG SLEEP ${(1 + random() * 2).toFixed(1)}`),
  },
  {
    name: 'redis-link-cut',
    about: 'redis',
    async strike(rig, random) {
      for (let time = 0; time < 4; time += 1) {
        ofRedis(rig).link.cut()
        await pause(random, 100, 700)
      }
    },
  },
  {
    name: 'redis-link-silent',
    about: 'redis',
    shows: 'queue-away',
    strike: (rig, random) =>
      during(
        () => ofRedis(rig).link.blackhole(true),
        () => outage(random),
        () => ofRedis(rig).link.blackhole(false),
      ),
  },
  {
    name: 'redis-out-of-memory',
    about: 'redis',
    strike: (rig, random) =>
      during(
        () => ofRedis(rig).redis.command('CONFIG SET maxmemory 1'),
        () => pause(random, 2000, 4000),
        () => ofRedis(rig).redis.command('CONFIG SET maxmemory 0'),
      ),
  },
  {
    // As after a failover: the connection stands, and its server takes no writes.
    name: 'redis-read-only',
    about: 'redis',
    strike: (rig, random) =>
      during(
        () => ofRedis(rig).redis.command('REPLICAOF 127.0.0.1 1'),
        () => pause(random, 2000, 4000),
        async () => {
          await ofRedis(rig).redis.command('REPLICAOF NO ONE')
          await delay(100)
        },
      ),
  },
]
