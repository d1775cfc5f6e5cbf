// Makes mails, tries them and adds up what was seen.
import { differencesFromPostalMime } from './compare-postal-mime.ts'
import { judgeWords, unseenWords } from './judge-mail.ts'
import { type MailTrial, openMailTrial, type Tried } from './mail-trial.ts'
import type { MailPlan } from './mails/mail-plan.ts'
import { describePlan, type MadeMail, makeMail } from './mails/make-mail.ts'
import { type MailSeen, Tally } from './tally.ts'

/** Mails between two looks at progress; their bytes are held that long. */
const batchSize = 100
/** Mails under way at once for each child: one being parsed, one being made or judged. */
const perChild = 2
/** Every so many mails, one is parsed a second time and read by postal-mime as well. */
const secondLookEvery = 4

export interface FuzzReport {
  readonly mails: number
  readonly seconds: number
  readonly bytes: number
  /** How mails ended: understood, limit-exceeded, timed-out … */
  readonly outcomes: Tally
  /** What must not be. Any makes the run a failure. */
  readonly findings: Tally
  /** Where postal-mime reads something else. */
  readonly differences: Tally
  /** Planted words that one mutation alone hid although their bytes were left, by mutation. */
  readonly hidden: Tally
}

export interface FuzzOptions {
  readonly children: number
  readonly progress?: (done: number, findings: number) => void
}

/** Tries the mails of all plans, in order. Rejects only for what is not a mail's fault. */
export async function runFuzz(
  plans: Iterable<MailPlan>,
  { children, progress }: FuzzOptions,
): Promise<FuzzReport> {
  const startedAt = performance.now()
  const sums = { outcomes: new Tally(), findings: new Tally(), differences: new Tally(), hidden: new Tally() }
  let [mails, bytes] = [0, 0]
  const stopListening = noteStrayErrors(sums.findings, () => mails)
  const trial = await openMailTrial(children)
  try {
    for (const batch of batches(plans)) {
      const first = mails
      const next = batch.entries()
      const work = async () => {
        for (const [at, plan] of next) {
          bytes += await tryPlan(trial, plan, first + at, sums)
          mails += 1
        }
      }
      await Promise.all(Array.from({ length: children * perChild }, work))
      trial.clear()
      progress?.(mails, sums.findings.total)
    }
  } finally {
    await trial.close()
    stopListening()
  }
  return { mails, bytes, seconds: (performance.now() - startedAt) / 1000, ...sums }
}

async function tryPlan(
  trial: MailTrial,
  plan: MailPlan,
  index: number,
  sums: Pick<FuzzReport, 'outcomes' | 'findings' | 'differences' | 'hidden'>,
): Promise<number> {
  const made = makeMail(plan)
  const mail: MailSeen = { index, bytes: made.raw.length, plan: describePlan(plan) }
  const secondLook = index % secondLookEvery === 0
  const tried = await trial.try(made.raw, secondLook)
  sums.findings.addFindings([...tried.findings, ...wordFindings(tried, made, plan)], mail)
  if (!('outcome' in tried)) return made.raw.length
  sums.outcomes.add(tried.outcome.ok ? 'understood' : tried.outcome.failure, mail, '')
  if (tried.outcome.ok) {
    for (const word of hiddenWords(tried, made, plan))
      sums.hidden.add(plan.mutations[0]?.name ?? 'nothing', mail, word)
  }
  if (tried.outcome.ok && secondLook) {
    for (const kind of await differencesFromPostalMime(tried.outcome.email, made.raw))
      sums.differences.add(kind, mail, '')
  }
  return made.raw.length
}

/** Every rule that a mail of this plan breaks. */
export async function findingsOf(trial: MailTrial, plan: MailPlan) {
  const made = makeMail(plan)
  const tried = await trial.try(made.raw, true)
  return [...tried.findings, ...wordFindings(tried, made, plan)]
}

function wordFindings(tried: Tried | { findings: unknown }, { leaves }: MadeMail, plan: MailPlan) {
  return 'outcome' in tried && plan.mutations.length === 0 ? judgeWords(tried, leaves, plan.charset) : []
}

function hiddenWords(tried: Tried, { raw, leaves }: MadeMail, plan: MailPlan): string[] {
  return plan.mutations.length === 1 ? unseenWords(tried, leaves).filter((word) => raw.includes(word)) : []
}

/** Whatever escapes a mail's own handling counts against the run. @returns what stops it. */
function noteStrayErrors(findings: Tally, mailsDone: () => number): () => void {
  const note = (error: unknown) =>
    findings.add('stray-error', { index: mailsDone(), bytes: 0, plan: 'one of the last few' }, String(error))
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
  return () => {
    process.off('unhandledRejection', note)
    process.off('uncaughtException', note)
  }
}

function* batches<Item>(items: Iterable<Item>): Generator<Item[]> {
  let batch: Item[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
