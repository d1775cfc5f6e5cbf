// Waiting for new mail without ever waiting for ever.
import type { ImapFlow } from 'imapflow'

export interface WaitOptions {
  readonly maxMs: number
  readonly signal: AbortSignal
  readonly pollEveryMs: number
}

/** How a wait ended. `quiet`: nothing was heard for the whole time, so the connection may be dead. */
export type WaitEnd = 'changed' | 'quiet' | 'aborted' | 'closed'

/**
 * IDLE (RFC 2177), or NOOP every `pollEveryMs` where IDLE is missing or refused, until `changed` is called back,
 * the connection closes, `maxMs` passed or `signal` aborts. Leaves an IDLE running: imapflow ends it with the next command.
 */
export async function waitForChange(
  client: ImapFlow,
  whenChanged: Promise<void>,
  options: WaitOptions,
): Promise<WaitEnd> {
  if (options.signal.aborted) return 'aborted'
  const ending = new AbortController()
  const over = AbortSignal.any([ending.signal, options.signal])
  try {
    return await Promise.race([
      whenChanged.then((): WaitEnd => 'changed'),
      closed(client, over),
      aborted(options.signal, ending.signal),
      after(options.maxMs, over).then((): WaitEnd => 'quiet'),
      listen(client, options.pollEveryMs, over),
    ])
  } finally {
    ending.abort()
  }
}

/** Keeps the server talking; resolves only by a connection that is gone. */
async function listen(client: ImapFlow, pollEveryMs: number, over: AbortSignal): Promise<WaitEnd> {
  while (!over.aborted && client.usable) {
    if (client.capabilities.has('IDLE')) {
      const ended = await client.idle().catch(() => false as const)
      // Normal end: another command took over, and with it this wait is over. False: the server refused IDLE.
      if (ended !== false) await after(pollEveryMs, over)
    }
    if (over.aborted || !client.usable) break
    await after(pollEveryMs, over)
    if (!over.aborted && client.usable) await client.noop().catch(() => undefined)
  }
  return over.aborted ? 'aborted' : 'closed'
}

function closed(client: ImapFlow, over: AbortSignal): Promise<WaitEnd> {
  return new Promise((resolve) => {
    const heard = () => resolve('closed')
    client.once('close', heard)
    over.addEventListener('abort', () => client.off('close', heard), { once: true })
  })
}

function aborted(signal: AbortSignal, ending: AbortSignal): Promise<WaitEnd> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true, signal: ending })
  })
}

function after(ms: number, over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    over.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
