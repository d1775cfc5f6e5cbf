import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BlobKey, BlobStore, EmailParser, Log } from '@maildesk/core'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultParseLimits, type ParseLimits } from './limits.ts'
import { createEmailParser } from './parser-pool.ts'
import { folderBlobStore } from './testing/folder-blob-store.ts'

const misbehavingChild = fileURLToPath(new URL('./testing/misbehaving-child.ts', import.meta.url))
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

let folder: string
let blobs: BlobStore
let parsers: EmailParser[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk-parser-'))
  blobs = folderBlobStore(folder)
  parsers = []
})

afterEach(async () => {
  await Promise.all(parsers.map((parser) => parser.close()))
  await rm(folder, { recursive: true, force: true })
})

function open(limits: Partial<ParseLimits> = {}, childEntry?: string, children = 1): EmailParser {
  const parser = createEmailParser({
    blobs,
    limits: { ...defaultParseLimits, ...limits },
    children,
    tmpDir: join(folder, 'tmp'),
    log: silent,
    ...(childEntry === undefined ? {} : { childEntry }),
  })
  parsers.push(parser)
  return parser
}

async function keep(raw: string): Promise<BlobKey> {
  return (await blobs.put([Buffer.from(raw)])).key
}

const mailWithFile =
  'Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n--b--\r\n'

describe('createEmailParser', () => {
  it('verifies signatures in a child, which asks DNS through us', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const asked: string[] = []
    const parser = createEmailParser({
      blobs,
      limits: defaultParseLimits,
      children: 1,
      tmpDir: join(folder, 'tmp'),
      log: silent,
      resolveTxt: async (name) => {
        asked.push(name)
        const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')
        if (name === 'k._domainkey.corp.com') return [[`v=DKIM1; k=ed25519; p=${key}`]]
        throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
      },
    })
    parsers.push(parser)
    const mail = 'From: ada@corp.com\r\nSubject: x\r\n\r\nIt does not turn.\r\n'
    const key = {
      signingDomain: 'corp.com',
      selector: 'k',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    }
    const { signatures } = await dkimSign(mail, {
      ...key,
      signatureData: [key, { ...key, selector: 'gone' }],
    })
    const raw = await keep(signatures + mail)
    const report = await parser.verify(raw, { fromDomain: 'corp.com', trustedArcSealers: [] })
    expect(report.dkim.map(({ result }) => result).sort()).toEqual(['neutral', 'pass'])
    expect(asked.sort()).toEqual(['gone._domainkey.corp.com', 'k._domainkey.corp.com'])
    // The same child goes on to parse.
    expect((await parser.parse(raw)).ok).toBe(true)
  })

  it('parses in a child and puts the parts into the blob store', async () => {
    const outcome = await open().parse(await keep(mailWithFile))
    if (!outcome.ok) throw new Error(outcome.detail)
    expect([outcome.email.subject, outcome.email.text]).toEqual(['x', 'text'])
    const [part] = outcome.email.parts
    expect(Buffer.from(await blobs.read(part?.blob as BlobKey)).toString()).toBe('GIF89a')
  })

  it('leaves nothing in its folder', async () => {
    await open().parse(await keep(mailWithFile))
    expect(await readdir(join(folder, 'tmp'))).toEqual([])
  })

  it('gives limits as outcomes', async () => {
    const outcome = await open({ parts: 2 }).parse(await keep(mailWithFile))
    expect(outcome).toMatchObject({ ok: false, failure: 'limit-exceeded' })
  })

  it('throws for a blob that is not there', async () => {
    await expect(open().parse('0'.repeat(64) as BlobKey)).rejects.toMatchObject({ code: 'blob.missing' })
  })

  it('parses many mails side by side', async () => {
    const parser = open({}, undefined, 2)
    const keys = await Promise.all(Array.from({ length: 12 }, (_, i) => keep(`Subject: ${i}\r\n\r\n`)))
    const outcomes = await Promise.all(keys.map((key) => parser.parse(key)))
    expect(outcomes.map((outcome) => outcome.ok && outcome.email.subject)).toEqual(
      keys.map((_, i) => String(i)),
    )
  })
})

describe('a child that misbehaves', () => {
  it.each([
    ['hang', { wallClockMs: 1_500 }, 'timed-out'],
    ['sleep', { wallClockMs: 1_500 }, 'timed-out'],
    ['crash', {}, 'crashed'],
    ['throw', {}, 'crashed'],
    ['exit', {}, 'crashed'],
    ['heap', { childMemoryBytes: 250 * 1024 * 1024 }, 'out-of-memory'],
    ...(process.platform === 'linux'
      ? ([
          ['eat', { childMemoryBytes: 300 * 1024 * 1024 }, 'out-of-memory'],
          ['hang', { cpuMs: 500 }, 'timed-out'],
        ] as const)
      : []),
  ] as const)(
    'is ended when it does this: %s %j, and the next mail parses',
    async (word, limits, failure) => {
      const parser = open(limits, misbehavingChild)
      expect(await parser.parse(await keep(word))).toMatchObject({ ok: false, failure })
      expect(await parser.parse(await keep('pid'))).toMatchObject({ ok: false, failure: 'unparseable' })
      expect(await readdir(join(folder, 'tmp'))).toEqual([])
    },
  )

  it('takes no other mail with it', async () => {
    const parser = open({}, misbehavingChild, 2)
    const [bad, good] = await Promise.all([
      parser.parse(await keep('crash')),
      parser.parse(await keep('pid')),
    ])
    expect([bad, good]).toMatchObject([{ failure: 'crashed' }, { failure: 'unparseable' }])
  })

  it('is used again for the next mail and replaced after its share', async () => {
    const parser = open({ mailsPerChild: 2 }, misbehavingChild)
    const pids: unknown[] = []
    for (let i = 0; i < 4; i += 1) pids.push(await parser.parse(await keep('pid')))
    expect(pids[0]).toEqual(pids[1])
    expect(pids[2]).toEqual(pids[3])
    expect(pids[0]).not.toEqual(pids[2])
  })

  it.runIf(process.platform === 'linux')('sees no environment', async () => {
    const outcome = await open({}, misbehavingChild).parse(await keep('env'))
    expect(outcome).toMatchObject({ detail: expect.stringMatching(/^(?:NODE_CHANNEL_\w+ ?)*$/) })
  })

  it('may not write outside its folder', async () => {
    const outcome = await open({}, misbehavingChild).parse(await keep('write'))
    expect(outcome).toMatchObject({ detail: 'ERR_ACCESS_DENIED' })
  })

  it('does not keep close from ending', async () => {
    const parser = open({}, misbehavingChild)
    const hanging = parser.parse(await keep('sleep'))
    const waiting = parser.parse(await keep('sleep'))
    const ends = Promise.all([
      expect(hanging).rejects.toMatchObject({ code: 'mail.child-crashed' }),
      expect(waiting).rejects.toMatchObject({ code: 'mail.child-crashed' }),
    ])
    await parser.close()
    await ends
  })
})
