// Every mail of the list ends within its bounds in a real parser child and in what the main process decides of it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  type BlobStore,
  classifyEmail,
  type EmailParser,
  type Log,
  readBounce,
  readComplaint,
} from '@maildesk/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { safeHtml } from '../html/safe-html.ts'
import { defaultParseLimits } from './limits.ts'
import { createEmailParser } from './parser-pool.ts'
import { folderBlobStore } from './testing/folder-blob-store.ts'
import { hostileMails } from './testing/hostile-mails.ts'

/** Of the child, for one mail; the product allows two and a half times as much. A parser that is not linear needs minutes. */
const childCpuMs = 4_000
/** Of this process, for all it decides of one mail. */
const mainCpuMs = 10_000
const maxLogLines = 20

let folder: string
let blobs: BlobStore
let parser: EmailParser
let logged = 0
const count = () => {
  logged += 1
}
const log: Log = { debug: count, info: count, warn: count, error: count }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk-hostile-'))
  blobs = folderBlobStore(folder)
  parser = createEmailParser({
    blobs,
    limits: { ...defaultParseLimits, cpuMs: childCpuMs },
    children: 1,
    warm: 1,
    tmpDir: join(folder, 'tmp'),
    log,
  })
})

afterEach(() => {
  logged = 0
})

afterAll(async () => {
  await parser.close()
  await rm(folder, { recursive: true, force: true })
})

describe('a hostile mail is bounded work:', () => {
  it.each(hostileMails)('$name', { timeout: 60_000 }, async ({ becomes, raw }) => {
    const { key } = await blobs.put([raw()])
    const outcome = await parser.parse(key)
    expect({
      ends: outcome.ok ? 'understood' : outcome.failure,
      ...(!outcome.ok && { detail: outcome.detail }),
    }).toMatchObject({
      ends: becomes,
    })
    expect(logged).toBeLessThanOrEqual(maxLogLines)
    if (!outcome.ok) return
    const { email } = outcome
    expect(email.warnings.length).toBeLessThanOrEqual(200)
    for (const list of [email.from, email.to, email.cc, email.replyTo])
      expect(list.length).toBeLessThanOrEqual(1_000)
    expect(JSON.stringify(outcome)).not.toMatch(/\\u0000|\\ud[89a-f]/)
    const paths = email.parts.map((part) => part.path)
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of paths) expect(path.length).toBeLessThanOrEqual(100)
    const before = process.threadCpuUsage()
    classifyEmail(email)
    readBounce(email)
    readComplaint(email)
    if (email.html !== null) safeHtml(email.html)
    const { user, system } = process.threadCpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(mainCpuMs)
  })
})

describe('a file that explodes when it is opened', () => {
  it('is stored byte for byte and never opened', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)))
    expect(gunzipSync(bomb).length).toBeGreaterThan(bomb.length)
    const base64 = (bomb.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')
    const { key } = await blobs.put([
      Buffer.from(
        `Content-Type: application/gzip; name=bomb.gz\r\nContent-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`,
      ),
    ])
    const outcome = await parser.parse(key)
    if (!outcome.ok) throw new Error(outcome.detail)
    const [part] = outcome.email.parts
    expect(part?.size).toBe(bomb.length)
    expect(Buffer.from(await blobs.read(part?.blob as typeof key)).equals(bomb)).toBe(true)
  })
})
