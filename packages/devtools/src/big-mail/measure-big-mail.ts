// `node packages/devtools/src/big-mail/measure-big-mail.ts KIND`: what a mail of nearly 50 MiB costs this process, which
// does what a worker does, and the parser's child. Linux only. Prints one line of JSON.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEmailParser, defaultParseLimits } from '@maildesk/mail'
import { openBlobStore } from '@maildesk/storage'
import { type BigMail, bigMails } from './big-mails.ts'

export interface BigMailCost {
  readonly kind: BigMail
  readonly mailBytes: number
  readonly outcome: string
  readonly seconds: number
  /** How much the peak of this process's resident memory rose. */
  readonly mainRiseBytes: number
  /** Peak of the child's resident memory. */
  readonly childPeakBytes: number
}

const kind = process.argv[2] as BigMail
if (!Object.hasOwn(bigMails, kind)) throw new TypeError(`give one of ${Object.keys(bigMails).join(', ')}`)
console.log(JSON.stringify(await measure()))

async function measure(): Promise<BigMailCost> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-big-'))
  const blobs = await openBlobStore(pathToFileURL(join(folder, 'blobs')).href)
  const ignore = () => undefined
  const parser = createEmailParser({
    blobs,
    children: 1,
    tmpDir: join(folder, 'tmp'),
    limits: defaultParseLimits,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  })
  try {
    const small = await blobs.put([Buffer.from('Subject: small\r\n\r\nto start the child\r\n')])
    await parser.parse(small.key)
    const raw = await blobs.put(bigMails[kind]())
    const before = peakBytes(process.pid)
    const startedAt = performance.now()
    const outcome = await parser.parse(raw.key)
    return {
      kind,
      mailBytes: raw.size,
      outcome: outcome.ok ? 'understood' : outcome.failure,
      seconds: (performance.now() - startedAt) / 1000,
      mainRiseBytes: peakBytes(process.pid) - before,
      childPeakBytes: Math.max(0, ...childrenOf(folder).map(peakBytes)),
    }
  } finally {
    await parser.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Processes that were told the folder: the parser's children. */
function childrenOf(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && commandOf(pid).includes(folder))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // Gone between the listing and the look.
    return ''
  }
}

/** VmHWM of proc_pid_status(5). */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}
