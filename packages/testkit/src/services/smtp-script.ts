/* What a test tells the SMTP sink to do wrongly, and when. */

/** Where in the conversation: 'body' is while the mail's bytes come in, 'final' is the answer after its last dot. */
export type SinkStage = 'connect' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'final'

export type SinkAction =
  /** Answers this instead; a 421 also closes. At 'body' it is said early and the connection is closed. */
  | { readonly reply: string }
  /** Closes without an answer. */
  | { readonly drop: true }
  /** At 'body' closes once that many bytes of the mail came in; elsewhere after that many bytes of the usual answer. */
  | { readonly dropAfterBytes: number }
  /** Neither reads nor answers for so many milliseconds, then goes on. */
  | { readonly stallMs: number }

export interface SinkStep {
  readonly at: SinkStage
  readonly action: SinkAction
  /** How often it applies; once unless told, Infinity for always. */
  readonly times?: number
  /** Only when a recipient of the mail so far (at 'rcpt': the one asked about) matches. */
  readonly recipient?: RegExp
}

export interface SmtpScript {
  add(step: SinkStep): void
  clear(): void
  /** Uses up and returns what applies here: stalls in order, then at most one other action. */
  take(stage: SinkStage, recipients: readonly string[]): SinkAction[]
}

export function createSmtpScript(): SmtpScript {
  let steps: Array<{ step: SinkStep; left: number }> = []
  return {
    add: (step) => void steps.push({ step, left: step.times ?? 1 }),
    clear: () => {
      steps = []
    },
    take(stage, recipients) {
      const actions: SinkAction[] = []
      for (const entry of steps) {
        const { at, action, recipient } = entry.step
        if (at !== stage || entry.left <= 0) continue
        if (recipient && !recipients.some((address) => address.search(recipient) >= 0)) continue
        entry.left--
        actions.push(action)
        if (!('stallMs' in action)) break
      }
      return actions
    },
  }
}
