// What a run of many mails adds up to.
import type { Finding } from './judge-mail.ts'

/** The smallest mail that shows something, and how often it was seen. */
export interface Seen {
  count: number
  smallest: { readonly index: number; readonly bytes: number; readonly plan: string; readonly detail: string }
}

export interface MailSeen {
  readonly index: number
  readonly bytes: number
  readonly plan: string
}

/** Findings, differences and other things worth a look, counted by kind. */
export class Tally {
  readonly #kinds = new Map<string, Seen>()

  add(kind: string, mail: MailSeen, detail: string): void {
    const seen = this.#kinds.get(kind)
    const smallest = { ...mail, detail }
    if (!seen) this.#kinds.set(kind, { count: 1, smallest })
    else {
      seen.count += 1
      if (mail.bytes < seen.smallest.bytes) seen.smallest = smallest
    }
  }

  /** Each kind of finding counts once a mail. */
  addFindings(findings: readonly Finding[], mail: MailSeen): void {
    for (const [kind, { detail }] of new Map(findings.toReversed().map((one) => [one.kind, one])))
      this.add(kind, mail, detail)
  }

  get total(): number {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0)
  }

  /** Most frequent first. */
  rows(): [kind: string, seen: Seen][] {
    return [...this.#kinds].sort(([, a], [, b]) => b.count - a.count)
  }

  toJSON() {
    return Object.fromEntries(this.rows())
  }
}
