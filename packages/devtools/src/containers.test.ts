// What can be known about the container files without an engine to run them.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationVariables } from '@maildesk/runtime'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { listFiles, repositoryRoot } from './repository.ts'

interface Service {
  image: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  networks?: string[]
  ports?: string[]
  healthcheck?: { test?: string[]; disable?: boolean }
  depends_on?: Record<string, { condition: string }>
  restart?: string
  read_only?: boolean
  tmpfs?: string[]
}

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
  networks: Record<string, unknown>
}
const services = Object.entries(compose.services)
const ours = services.filter(([, service]) => service.build)
const dockerfile = read('Dockerfile')

describe('docker-compose.yml', () => {
  test('has one service per role, the migration, the database and the queue', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'api',
      'migrate',
      'poller',
      'postgres',
      'redis',
      'worker',
    ])
  })

  test.each(ours)('%s runs a file that exists', (_name, { command }) => {
    expect(command?.[0]).toBe('node')
    expect(existsSync(join(repositoryRoot, command?.[1] ?? ''))).toBe(true)
  })

  test.each(ours)('%s is given only settings that maildesk knows', (_name, { environment = {} }) => {
    expect(Object.keys(environment).filter((name) => !(name in configurationVariables))).toEqual([])
  })

  test.each(ours)('%s writes only where its read-only file system lets it', (_name, service) => {
    const { environment = {}, volumes = [], tmpfs = [], read_only } = service
    const writable = [...tmpfs, ...volumes.map((volume) => volume.split(':')[1])]
    const writes = [environment.MAILDESK_DATA_DIR, environment.STORAGE_URL?.replace(/^file:/, '')]
    const needsBlobs = volumes.length > 0
    for (const place of writes.slice(0, needsBlobs ? 2 : 1)) {
      expect(writable.some((folder) => place === folder || place?.startsWith(`${folder}/`))).toBe(true)
    }
    expect(read_only).toBe(true)
  })

  test.each(services)(
    '%s names only volumes and networks that are declared',
    (_name, { volumes = [], networks = [] }) => {
      expect(
        volumes.map((volume) => volume.split(':')[0]).filter((name) => !(`${name}` in compose.volumes)),
      ).toEqual([])
      expect(networks.filter((name) => !(name in compose.networks))).toEqual([])
    },
  )

  test.each(services)('%s has a health check, or runs once', (name, { healthcheck }) => {
    expect(healthcheck?.disable === true ? [name] : healthcheck?.test?.slice(0, 1)).toEqual(
      name === 'migrate' ? ['migrate'] : ['CMD'],
    )
  })

  test.each(services)('%s pins its image and says when it is restarted', (_name, { image, restart }) => {
    expect(image).toMatch(/^[a-z]+:\d[\d.]*$/)
    expect(restart).toMatch(/^(unless-stopped|on-failure:\d)$/)
  })

  test.each(services)(
    '%s depends on services that exist, in a state they can reach',
    (_name, { depends_on = {} }) => {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const needed = compose.services[other]?.healthcheck?.disable
          ? 'service_completed_successfully'
          : 'service_healthy'
        expect({ other, condition }).toEqual({ other, condition: needed })
      }
    },
  )

  test('api, worker and poller share the blobs and wait for the migration', () => {
    for (const role of ['api', 'worker', 'poller']) {
      expect(compose.services[role]?.volumes).toContain('blobs:/var/lib/maildesk/blobs')
      expect(compose.services[role]?.depends_on).toHaveProperty('migrate')
    }
  })

  test('publishes the API’s port and no other', () => {
    expect(services.filter(([, { ports = [] }]) => ports.length > 0).map(([name]) => name)).toEqual(['api'])
  })

  test('holds no secret and no default for one', () => {
    const text = read('docker-compose.yml')
    const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|SECRET)\w*)(.{0,2})/g)]
    expect(secrets.length).toBeGreaterThan(0)
    expect(secrets.filter(([, , rule]) => rule !== ':?').map(([whole]) => whole)).toEqual([])
    expect(text.match(/(PASSWORD|SECRET_KEY): (?!\$\{).*/g)).toBeNull()
  })

  test('keeps the queue safe: nothing evicted, every write appended', () => {
    const command = compose.services.redis?.command?.join(' ')
    expect(command).toContain('--maxmemory-policy noeviction')
    expect(command).toContain('--appendonly yes')
  })
})

describe('the Dockerfile', () => {
  test('starts from a pinned image, of the Node the repository asks for', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])
    expect(bases).toEqual([`node:${read('.nvmrc').trim()}-bookworm-slim`])
  })

  test('runs as a user without rights, and checks its own health', () => {
    expect([...dockerfile.matchAll(/^USER (\S+)/gm)].at(-1)?.[1]).toBe('node')
    expect(dockerfile).toMatch(/^HEALTHCHECK /m)
  })

  test('copies the manifest of every workspace, without which npm refuses the lock file', () => {
    const manifests = listFiles(repositoryRoot, ['apps', 'packages']).filter((path) =>
      /^[^/]+\/[^/]+\/package\.json$/.test(path),
    )
    const copied = [...dockerfile.matchAll(/^COPY (\S+\/package\.json) /gm)].map((match) => match[1])
    expect(copied.sort()).toEqual(manifests)
  })

  test('starts a file that exists', () => {
    const command = /^CMD \["node", "([^"]+)"\]/m.exec(dockerfile)?.[1]
    expect(existsSync(join(repositoryRoot, command ?? ''))).toBe(true)
  })

  test('sets only variables that Node or maildesk know', () => {
    const block = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)?.[1] ?? ''
    const names = [...block.matchAll(/([A-Z_]+)=/g)].map((match) => match[1] ?? '')
    expect(names).toContain('MAILDESK_DATA_DIR')
    const ofNode = ['NODE_ENV', 'NODE_OPTIONS']
    expect(names.filter((name) => !ofNode.includes(name) && !(name in configurationVariables))).toEqual([])
  })
})
