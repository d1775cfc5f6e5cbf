// What a process holds once its garbage is collected, asked over its inspector: between two collections of V8's own
// choosing memory climbs by far more than any leak of these minutes.
import { waitUntil } from '@maildesk/testkit'
import type { Victim } from '../contracts.ts'

/** Node's options (NODE_OPTIONS) for a process that is asked. */
export const inspectable = '--inspect=127.0.0.1:0'

export interface LiveMemory {
  /** Collects all garbage; resolves to the bytes that are left, in V8's heap and outside of it. */
  read(): Promise<number>
  close(): void
}

interface Answer {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
  readonly error?: { readonly message: string }
}

/** Longest wait for one answer, milliseconds. */
const answerMs = 30_000
const urlInLog = /Debugger listening on (ws:\/\/127\.0\.0\.1:\d{1,5}\/[\w-]{1,64})/
const left = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())'

/** @throws Error when the process was not started with `inspectable`, or its first words are forgotten already. */
export async function openLiveMemory(victim: Victim): Promise<LiveMemory> {
  const url = await waitUntil(() => urlInLog.exec(victim.log())?.[1], {
    what: `the inspector of ${victim.name}`,
  })
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error(`the inspector of ${victim.name} is not there`)))
  })
  let calls = 0

  function call(method: string, params: object = {}): Promise<Answer> {
    calls += 1
    const id = calls
    const answered = new AbortController()
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${victim.name} did not answer ${method}`)), answerMs)
      socket.addEventListener(
        'message',
        ({ data }) => {
          const answer = JSON.parse(String(data)) as Answer
          if (answer.id !== id) return
          clearTimeout(timer)
          if (answer.error) reject(new Error(`${method}: ${answer.error.message}`))
          else resolve(answer)
        },
        { signal: answered.signal },
      )
      socket.send(JSON.stringify({ id, method, params }))
    }).finally(() => answered.abort())
  }

  return {
    async read() {
      // What the first one finalises only the second one frees.
      for (let times = 0; times < 2; times += 1) await call('HeapProfiler.collectGarbage')
      const { result } = await call('Runtime.evaluate', { expression: left, returnByValue: true })
      const bytes = result?.result?.value
      if (typeof bytes !== 'number') throw new Error(`${victim.name} did not say how much memory it holds`)
      return bytes
    },
    close: () => socket.close(),
  }
}
