// renderHtml in a thread of its own: what takes long there holds up nobody here, and what takes too long is given up.
import { Worker } from 'node:worker_threads'
import type { HtmlOptions, RenderedHtml } from './safe-html.ts'

interface HtmlToRender {
  readonly html: string
  /** Addresses of the pictures that came with the mail, by Content-ID without brackets; all others stay away. */
  readonly cidUrls: ReadonlyMap<string, string>
}

export interface HtmlRenderer {
  /** Sanitised HTML. Without it the mail's text has to do: `too-costly` for what would be it again, `busy` for now. */
  render(mail: HtmlToRender): Promise<RenderedHtml | 'too-costly' | 'busy'>
  /** Ends the thread; what is still waiting is told `busy`. */
  close(): Promise<void>
}

export interface HtmlRendererLimits {
  /** UTF-16 units of HTML that are shown. */
  readonly maxLength: number
  /** A mail that takes longer is given up, milliseconds. */
  readonly renderMs: number
  /** A mail whose turn comes later is not rendered any more, milliseconds. */
  readonly waitMs: number
}

/** @internal */
export const defaultHtmlLimits: HtmlRendererLimits = {
  maxLength: 256 * 1024,
  renderMs: 5_000,
  waitMs: 10_000,
}

/** What the thread is told. */
export interface RenderOrder {
  readonly html: string
  readonly cidUrls: ReadonlyMap<string, string>
  readonly options: Omit<HtmlOptions, 'cidUrl'>
}

/** Opens the renderer. Its thread is started when first needed, and anew after one was given up. */
export function createHtmlRenderer(limits: HtmlRendererLimits = defaultHtmlLimits): HtmlRenderer {
  let thread: Worker | undefined
  let isClosed = false
  let latest: Promise<unknown> = Promise.resolve()

  const stopThread = async () => {
    const stopped = thread
    thread = undefined
    await stopped?.terminate()
  }
  const renderNow = async ({ html, cidUrls }: HtmlToRender) => {
    thread ??= startThread()
    const options = { remoteImages: 'placeholder', maxLength: limits.maxLength } as const
    const rendered = await answerOf(thread, { html, cidUrls, options }, limits.renderMs)
    if (rendered) return rendered
    await stopThread()
    return isClosed ? 'busy' : 'too-costly'
  }
  return {
    render(mail) {
      const askedAt = performance.now()
      const turn = latest.then(() =>
        isClosed || performance.now() - askedAt > limits.waitMs ? 'busy' : renderNow(mail),
      )
      latest = turn.catch(() => undefined)
      return turn
    },
    async close() {
      isClosed = true
      await stopThread()
    },
  }
}

function startThread(): Worker {
  const thread = new Worker(new URL('./html-thread.ts', import.meta.url), {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  thread.unref()
  // A thread that dies is missed by whoever waits for its answer, and by nobody else.
  thread.on('error', () => undefined)
  return thread
}

/** The thread's answer, or undefined when it dies or does not answer in time. */
function answerOf(thread: Worker, order: RenderOrder, timeoutMs: number): Promise<RenderedHtml | undefined> {
  return new Promise((resolve) => {
    const end = (rendered?: RenderedHtml) => {
      clearTimeout(timer)
      thread.off('message', end)
      thread.off('exit', died)
      resolve(rendered)
    }
    const died = () => end()
    const timer = setTimeout(end, timeoutMs)
    thread.on('message', end)
    thread.on('exit', died)
    thread.postMessage(order)
  })
}
