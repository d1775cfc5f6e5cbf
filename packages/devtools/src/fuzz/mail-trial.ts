// The whole way of a mail from raw bytes to what is understood of it: real parser children, then every decision that
// needs no database.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { explanationOf } from '@maildesk/cli'
import type { EmailParser, Log } from '@maildesk/core'
import { createEmailParser, defaultParseLimits } from '@maildesk/mail'
import { type Finding, type Judged, judge } from './judge-mail.ts'
import { type MemoryBlobs, memoryBlobs } from './memory-blobs.ts'

/** Milliseconds of CPU that the main process may spend on one mail. */
const maxMainMs = 2_000
/** More than a desk lets one child read, because to start one costs as much as a hundred mails. */
const mailsPerChild = 5_000

export interface Tried extends Judged {
  readonly findings: readonly Finding[]
}

export interface MailTrial {
  /** Parses a mail, again when told, explains it and judges that. Never rejects for what a mail contains. */
  try(raw: Uint8Array, again: boolean): Promise<Tried | { readonly findings: readonly Finding[] }>
  /** Lets go of the bytes of all mails tried; only while none is being tried. */
  clear(): void
  close(): Promise<void>
}

/** Starts `children` parser processes of the kind that a desk has, with its limits. */
export async function openMailTrial(children: number): Promise<MailTrial> {
  const tmpDir = await mkdtemp(join(tmpdir(), 'maildesk-fuzz-'))
  const blobs = memoryBlobs()
  const parser = createEmailParser({
    blobs,
    children,
    warm: children,
    tmpDir,
    limits: { ...defaultParseLimits, mailsPerChild },
    log: silent,
  })
  return {
    try: (raw, again) => tryMail(raw, again, blobs, parser),
    clear: () => blobs.clear(),
    async close() {
      await parser.close()
      await rm(tmpDir, { recursive: true, force: true })
    },
  }
}

async function tryMail(
  raw: Uint8Array,
  again: boolean,
  blobs: MemoryBlobs,
  parser: EmailParser,
): ReturnType<MailTrial['try']> {
  try {
    const stored = await blobs.put([raw])
    const outcome = await parser.parse(stored.key)
    const before = process.threadCpuUsage()
    const explanation = explanationOf('-', stored, outcome)
    const { user, system } = process.threadCpuUsage(before)
    const mainMs = (user + system) / 1000
    const judged: Judged = { raw, outcome, explanation, bytesOf: blobs.bytesOf }
    const findings = judge(judged)
    if (mainMs > maxMainMs)
      findings.push({ kind: 'slow', detail: `${Math.round(mainMs)} ms of CPU in the main process` })
    const understood = outcome.ok || outcome.failure === 'limit-exceeded'
    if (again && understood && JSON.stringify(await parser.parse(stored.key)) !== JSON.stringify(outcome)) {
      findings.push({ kind: 'not-repeatable', detail: 'a second parse gave something else' })
    }
    return { ...judged, findings }
  } catch (error) {
    return { findings: [{ kind: 'threw', detail: String((error as Error).stack ?? error).slice(0, 500) }] }
  }
}

const ignore = () => undefined
/** What the pool has to say of a mail is its outcome, too. */
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
