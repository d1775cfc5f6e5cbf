// One child process as the pool sees it: an order in, an answer or a death out.
import { type ChildProcess, fork } from 'node:child_process'
import type { ParseFailure } from '@maildesk/core'
import type { ResolveTxt } from '../authenticate/signature-order.ts'
import { watchUsage } from './child-usage.ts'
import type { ParseLimits } from './limits.ts'
import type { Answer, DnsAnswer, DnsQuestion, Order } from './parser-messages.ts'

/** How a child ended without an answer. */
export interface ChildDeath {
  readonly death: Extract<ParseFailure, 'timed-out' | 'out-of-memory' | 'crashed'>
  readonly detail: string
}

/** Of the child's memory, what V8's heap may take; the rest is buffers and Node itself. */
const heapShare = 0.6
/** Milliseconds for Node to start and load the parser. */
const startTimeoutMs = 60_000
/** Last characters of the child's stderr that are kept, to tell why it died. */
const keptStderr = 4_000

export class ParserChildProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<string>
  readonly #ready: Promise<unknown>
  readonly #limits: ParseLimits
  #stderr = ''
  #alive = true
  #orders = 0

  /**
   * @param entry file that the child runs: parser-child.ts.
   * @param folder the only one that the child may write to.
   */
  constructor(entry: string, folder: string, limits: ParseLimits) {
    const heapMb = Math.floor((limits.childMemoryBytes * heapShare) / 1024 / 1024)
    this.#limits = limits
    this.#child = fork(entry, [], {
      execPath: process.execPath,
      // Node's permissions: no other process, no addon, no worker, and no writing elsewhere.
      execArgv: [
        `--max-old-space-size=${heapMb}`,
        '--permission',
        '--allow-fs-read=*',
        `--allow-fs-write=${folder}`,
      ],
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    })
    this.#ready = this.#nextMessage()
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-keptStderr)
    })
    this.#exited = new Promise((resolve) => {
      const ended = (why: string) => {
        this.#alive = false
        resolve(why)
      }
      this.#child.once('close', (code, signal) => ended(signal ? `signal ${signal}` : `exit code ${code}`))
      this.#child.on('error', (error) => ended(error.message))
    })
  }

  /** False when it died or has read as many mails as one child may. */
  get usable(): boolean {
    return this.#alive && this.#child.connected && this.#orders < this.#limits.mailsPerChild
  }

  /** Hands over one mail. Never rejects; after a death this object is of no more use. */
  async obey(order: Order, resolveTxt: ResolveTxt = noDns): Promise<Answer | ChildDeath> {
    this.#orders += 1
    let killedFor: ChildDeath | undefined
    const kill = (death: ChildDeath['death'], detail: string) => {
      killedFor ??= { death, detail }
      this.#child.kill('SIGKILL')
    }
    const died = this.#exited.then((why) => killedFor ?? this.#explain(why))
    // Not counted as the mail's time: a busy machine takes seconds to start a process.
    await within(startTimeoutMs, Promise.race([this.#ready, died]), () =>
      kill('timed-out', `the parser process did not start within ${startTimeoutMs} ms`),
    )
    const { wallClockMs } = this.#limits
    const stopWatching = watchUsage(this.#child.pid, this.#limits, kill)
    try {
      const answer = this.#answer(resolveTxt)
      // A send that fails means a dying child; its exit is the answer then.
      this.#child.send(order, () => undefined)
      return await within(wallClockMs, Promise.race([answer, died]), () =>
        kill('timed-out', `no answer within ${wallClockMs} ms`),
      )
    } finally {
      stopWatching()
    }
  }

  /** Ends the process; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** The child's answer; questions for DNS before it are answered. */
  #answer(resolveTxt: ResolveTxt): Promise<Answer> {
    return new Promise((resolve) => {
      const hear = (message: Answer | DnsQuestion) => {
        if ('ask' in message) {
          void answerOf(message, resolveTxt).then((answer) => {
            if (this.#child.connected) this.#child.send(answer, () => undefined)
          })
        } else {
          this.#child.off('message', hear)
          resolve(message)
        }
      }
      this.#child.on('message', hear)
    })
  }

  #nextMessage(): Promise<unknown> {
    return new Promise((resolve) => this.#child.once('message', resolve))
  }

  #explain(why: string): ChildDeath {
    const outOfMemory = /heap out of memory|allocation failed|memory limit/i.test(this.#stderr)
    const firstLine =
      this.#stderr
        .trim()
        .split('\n')
        .find((line) => /error|fatal/i.test(line)) ?? ''
    return {
      death: outOfMemory ? 'out-of-memory' : 'crashed',
      detail: `the parser process ended with ${why} ${firstLine}`.trim().slice(0, 500),
    }
  }
}

const noDns: ResolveTxt = async () => {
  throw Object.assign(new Error('no DNS for this order'), { code: 'EREFUSED' })
}

async function answerOf(
  { ask: { id, name, type } }: DnsQuestion,
  resolveTxt: ResolveTxt,
): Promise<DnsAnswer> {
  try {
    return { kind: 'dns', id, records: await resolveTxt(String(name), String(type)) }
  } catch (error) {
    return { kind: 'dns', id, code: String((error as { code?: unknown }).code ?? 'EFAILED') }
  }
}

/** The result of `work`; calls `late` when it takes longer than `ms`, which should make it end. */
async function within<Result>(ms: number, work: Promise<Result>, late: () => void): Promise<Result> {
  const timer = setTimeout(late, ms)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
