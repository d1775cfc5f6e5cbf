// `npm run fuzz`: makes mails from a seed, mutates them and holds what is made of them against rules that hold for every
// mail. Exit code 1 when one did not hold. See docs/fuzzing.md.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openMailTrial } from './mail-trial.ts'
import { type MailPlan, planAt, shrunkPlan, unharmedPlans } from './mails/mail-plan.ts'
import { describePlan, makeMail } from './mails/make-mail.ts'
import { printedReport } from './print-report.ts'
import { findingsOf, runFuzz } from './run-fuzz.ts'
import { smallerMail } from './smaller-mail.ts'
import type { Tally } from './tally.ts'

/** Milliseconds and tries spent on making one failing mail smaller. */
const shrinkMs = 15_000
const shrinkTries = 600

const { values } = parseArgs({
  options: {
    mails: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    /** Only this mail of the seed: says what it is and what is wrong with it. */
    index: { type: 'string' },
    /** Instead of mutated mails, every structure in every character set and encoding. */
    unharmed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Folder for the smallest failing mail of each kind. */
    keep: { type: 'string' },
    children: { type: 'string', default: '2' },
  },
})
const seed = numberOf('seed')
const planOf = (index: number) =>
  values.unharmed ? (unharmedPlans()[index] as MailPlan) : planAt(seed, index)

if (values.index === undefined) await fuzz()
else await showMail(numberOf('index'))

async function fuzz(): Promise<void> {
  const report = await runFuzz(values.unharmed ? unharmedPlans() : seededPlans(), {
    children: numberOf('children'),
    progress: (done, findings) => process.stderr.write(`\r${done} mails, ${findings} findings `),
  })
  process.stderr.write('\n')
  console.log(values.json ? JSON.stringify({ seed, ...report }) : `seed ${seed}\n${printedReport(report)}`)
  if (values.keep !== undefined) await keepSmallest(values.keep, report.findings)
  if (report.findings.total > 0) process.exitCode = 1
}

function* seededPlans(): Generator<MailPlan> {
  for (let index = 0; index < numberOf('mails'); index += 1) yield planAt(seed, index)
}

async function showMail(index: number): Promise<void> {
  const plan = planOf(index)
  const trial = await openMailTrial(1)
  try {
    const { raw } = makeMail(plan)
    if (values.keep !== undefined) await keepMail(values.keep, `mail-${seed}-${index}`, raw)
    console.log(
      JSON.stringify({ seed, index, plan: describePlan(plan), ...plan, bytes: raw.length }, null, 2),
    )
    console.log(JSON.stringify(await findingsOf(trial, plan), null, 2))
  } finally {
    await trial.close()
  }
}

async function keepSmallest(folder: string, findings: Tally): Promise<void> {
  const trial = await openMailTrial(1)
  try {
    for (const [kind, { smallest }] of findings.rows()) {
      const { index } = smallest
      await keepMail(folder, `${kind}-${seed}-${index}`, makeMail(planOf(index)).raw)
      const has = (found: readonly { kind: string }[]) => found.some((finding) => finding.kind === kind)
      const plan = values.unharmed
        ? planOf(index)
        : await shrunkPlan(seed, index, async (tried) => has(await findingsOf(trial, tried)), shrinkMs)
      const { raw } = makeMail(plan)
      const smaller = await smallerMail(
        raw,
        async (tried) => has((await trial.try(tried, true)).findings),
        shrinkTries,
      )
      await keepMail(folder, `${kind}-${seed}-${index}-smallest`, smaller)
    }
  } finally {
    await trial.close()
  }
}

async function keepMail(folder: string, name: string, raw: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.eml`), raw)
}

function numberOf(option: 'mails' | 'seed' | 'index' | 'children'): number {
  const number = Number(values[option])
  if (!Number.isSafeInteger(number))
    throw new TypeError(`--${option} wants a whole number, got ${values[option]}`)
  return number
}
