// EmailParser over child processes: a mail that hangs, eats the memory or crashes the parser takes one child with it and
// nothing else.
import { mkdirSync } from 'node:fs'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BlobKey,
  type BlobStore,
  type EmailParser,
  type Log,
  MaildeskError,
  type ParseOutcome,
  type SignatureQuestion,
  type SignatureReport,
  type SignatureVerifier,
} from '@maildesk/core'
import { dnsForOneMail, systemResolver } from '../authenticate/dns-desk.ts'
import type { ResolveTxt } from '../authenticate/signature-order.ts'
import { unverified } from '../authenticate/unverified.ts'
import type { ParseLimits } from './limits.ts'
import { type ChildDeath, ParserChildProcess } from './parser-child-process.ts'
import type { Answer, Order } from './parser-messages.ts'

/** Bytes of a part read at once on its way into the store. */
const readBytes = 256 * 1024

export interface EmailParserOptions {
  readonly blobs: BlobStore
  readonly limits: ParseLimits
  /** How many mails are parsed at the same time, each in a process of its own. */
  readonly children: number
  /** Children started at once, so that the first mails need not wait for a process to start. None unless told. */
  readonly warm?: number
  /** Folder for the mails being parsed; made when missing. Nothing in it outlives a parse. */
  readonly tmpDir: string
  readonly log: Log
  /** How DNS is asked for keys of signatures; the system's resolver unless told. */
  readonly resolveTxt?: ResolveTxt
  /** Another program for the child, for tests. */
  readonly childEntry?: string
}

/** Opens the pool. Children are started when mails come, those to be warm at once, and are reused. */
export function createEmailParser(options: EmailParserOptions): EmailParser & SignatureVerifier {
  return new ParserPool(options)
}

class ParserPool implements EmailParser, SignatureVerifier {
  readonly #options: EmailParserOptions
  readonly #entry: string
  readonly #resolveTxt: ResolveTxt
  readonly #idle: ParserChildProcess[] = []
  readonly #children = new Set<ParserChildProcess>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #closed = false

  constructor(options: EmailParserOptions) {
    this.#options = options
    this.#resolveTxt = options.resolveTxt ?? systemResolver()
    this.#entry = options.childEntry ?? fileURLToPath(new URL('./parser-child.ts', import.meta.url))
    for (let started = 0; started < (options.warm ?? 0); started += 1) this.#idle.push(this.#startChild())
  }

  async parse(raw: BlobKey): Promise<ParseOutcome> {
    return this.#inTurn((folder) => this.#parseIn(folder, raw))
  }

  async verify(raw: BlobKey, question: SignatureQuestion): Promise<SignatureReport> {
    return this.#inTurn((folder) => this.#verifyIn(folder, raw, question))
  }

  async #inTurn<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
    await this.#takeTurn()
    try {
      return await this.#inFolder(work)
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const wake of this.#waiting.splice(0)) wake()
    await Promise.all([...this.#children].map((child) => child.kill()))
  }

  async #takeTurn(): Promise<void> {
    while (!this.#closed && this.#running >= this.#options.children) {
      await new Promise<void>((wake) => this.#waiting.push(wake))
    }
    this.#throwWhenClosed()
    this.#running += 1
  }

  async #inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
    await mkdir(this.#options.tmpDir, { recursive: true, mode: 0o700 })
    const folder = await mkdtemp(join(resolve(this.#options.tmpDir), 'mail-'))
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async #parseIn(folder: string, raw: BlobKey): Promise<ParseOutcome> {
    const { blobs, limits } = this.#options
    const rawFile = join(folder, 'raw')
    const partsFolder = join(folder, 'parts')
    await mkdir(partsFolder, { mode: 0o700 })
    const size = await blobs.sizeOf(raw)
    if (size !== undefined && size > limits.mailBytes) {
      return {
        ok: false,
        failure: 'limit-exceeded',
        detail: `the mail is larger than ${limits.mailBytes} bytes`,
      }
    }
    await blobs.copyTo(raw, rawFile)
    const answer = await this.#askChild({ kind: 'parse', rawFile, partsFolder, limits }, raw)
    if ('death' in answer) return { ok: false, failure: answer.death, detail: answer.detail }
    if (!('outcome' in answer)) throw answeredAnotherOrder()
    if (answer.outcome.ok) await this.#keepParts(partsFolder, answer.outcome.email.parts)
    return answer.outcome
  }

  async #verifyIn(folder: string, raw: BlobKey, question: SignatureQuestion): Promise<SignatureReport> {
    const { blobs, limits } = this.#options
    const rawFile = join(folder, 'raw')
    const size = await blobs.sizeOf(raw)
    if (size !== undefined && size > limits.mailBytes)
      return unverified(`the mail is larger than ${limits.mailBytes} bytes`)
    await blobs.copyTo(raw, rawFile)
    const signatures = { ...question, headerBytes: limits.partHeaderBytes }
    const answer = await this.#askChild({ kind: 'verify', rawFile, signatures }, raw)
    if ('death' in answer) return unverified(`the verifier ended: ${answer.death}, ${answer.detail}`)
    if (!('report' in answer)) throw answeredAnotherOrder()
    return answer.report
  }

  async #askChild(order: Order, raw: BlobKey): Promise<Exclude<Answer, { broken: string }> | ChildDeath> {
    this.#throwWhenClosed()
    const child = this.#takeIdle() ?? this.#startChild()
    const resolveTxt = order.kind === 'verify' ? dnsForOneMail(this.#resolveTxt) : undefined
    const answer = await child.obey(order, resolveTxt)
    // One that cannot use the folder never will: what it may write to was settled when it started.
    if (child.usable && !this.#closed && !('broken' in answer)) this.#idle.push(child)
    else this.#discard(child)
    if ('outcome' in answer || 'report' in answer) return answer
    this.#throwWhenClosed()
    if ('broken' in answer) {
      throw new MaildeskError(
        'blob.unavailable',
        `the parser cannot use ${this.#options.tmpDir}: ${answer.broken}`,
        { raw },
      )
    }
    this.#options.log.warn(
      { raw, failure: answer.death, detail: answer.detail },
      'parser child ended without an answer',
    )
    return answer
  }

  /** One that is still alive; those that died while idle are cleared away. */
  #takeIdle(): ParserChildProcess | undefined {
    for (let child = this.#idle.pop(); child; child = this.#idle.pop()) {
      if (child.usable) return child
      this.#discard(child)
    }
    return undefined
  }

  #startChild(): ParserChildProcess {
    const folder = resolve(this.#options.tmpDir)
    // Node allows writing below a folder only when it is there as the child starts.
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const child = new ParserChildProcess(this.#entry, folder, this.#options.limits)
    this.#children.add(child)
    return child
  }

  #discard(child: ParserChildProcess): void {
    this.#children.delete(child)
    void child.kill()
  }

  /** Each distinct part once; the store's own hash must agree with the child's. */
  async #keepParts(folder: string, parts: readonly { blob: BlobKey }[]): Promise<void> {
    const buffer = Buffer.allocUnsafe(readBytes)
    for (const key of new Set(parts.map((part) => part.blob))) {
      const stored = await this.#options.blobs.put(bytesOf(join(folder, checkedKey(key)), buffer))
      if (stored.key !== key)
        throw new MaildeskError('blob.corrupt', 'a decoded part changed on its way to the blob store', {
          key,
        })
    }
  }

  #throwWhenClosed(): void {
    if (this.#closed)
      throw new MaildeskError(
        'mail.child-crashed',
        'the parser is being closed; parse again after the restart',
      )
  }
}

/** Always in the same buffer, or files of many megabytes would be left to the garbage collector. */
async function* bytesOf(path: string, buffer: Buffer): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

function answeredAnotherOrder(): MaildeskError {
  return new MaildeskError('mail.child-crashed', 'the parser process answered what it was not asked')
}

/** The key comes from a process that read hostile bytes; it must not lead out of the folder. */
function checkedKey(key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key))
    throw new MaildeskError('mail.child-crashed', 'the parser process named a part wrongly')
  return key
}
