import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailTrial, openMailTrial } from './mail-trial.ts'
import { planAt, shrunkPlan, unharmedPlans } from './mails/mail-plan.ts'
import { makeMail } from './mails/make-mail.ts'
import { mutationNames } from './mails/mutations.ts'
import { shapes } from './mails/shapes.ts'
import { printedReport } from './print-report.ts'
import { runFuzz } from './run-fuzz.ts'
import { smallerMail } from './smaller-mail.ts'

const regressions = join(import.meta.dirname, 'regressions')

describe('made mails', () => {
  it('are the same for the same seed and index, and others for others', () => {
    const raw = (seed: number, index: number) => makeMail(planAt(seed, index)).raw.toString('latin1')
    expect(raw(7, 12)).toBe(raw(7, 12))
    expect(raw(7, 12)).not.toBe(raw(7, 13))
    expect(raw(7, 12)).not.toBe(raw(8, 12))
  })

  it('come in every structure with every mutation', () => {
    const plans = Array.from({ length: 2_000 }, (_, index) => planAt(1, index))
    expect(new Set(plans.map(({ shape }) => shape)).size).toBe(shapes.length)
    expect(new Set(plans.flatMap(({ mutations }) => mutations.map(({ name }) => name))).size).toBe(
      mutationNames.length,
    )
  })

  it('are made smaller as long as they fail', async () => {
    const index = Array.from({ length: 500 }, (_, at) => at).find((at) =>
      planAt(3, at).mutations.some(({ name }) => name === 'nest-part'),
    ) as number
    const smallest = await shrunkPlan(
      3,
      index,
      async ({ mutations }) => mutations.some(({ name }) => name === 'nest-part'),
      5_000,
    )
    expect(smallest).toMatchObject({ shape: 0, headers: [], mutations: [{ name: 'nest-part', at: 0 }] })
    const raw = Buffer.from('Subject: x\r\nX-Bad: 1\r\n\r\nbody\r\nand more\r\n')
    const smaller = await smallerMail(raw, async (tried) => tried.includes('Bad'), 500)
    expect(smaller.toString()).toBe('Bad')
  })
})

describe('the rules that hold for every mail', () => {
  it('hold for mails of every structure, and their words and characters are found again', async () => {
    // One in seven, which is prime to how many character sets and encodings there are.
    const report = await runFuzz(
      unharmedPlans().filter((_, at) => at % 7 === 0),
      { children: 2 },
    )
    expect(report.findings.total, printedReport(report)).toBe(0)
  }, 120_000)

  it('hold for mutated mails', async () => {
    const plans = Array.from({ length: 300 }, (_, index) => planAt(20_261_123, index))
    const report = await runFuzz(plans, { children: 2 })
    expect(report.findings.total, printedReport(report)).toBe(0)
  }, 120_000)
})

describe('mails that once broke a rule', () => {
  let trial: MailTrial
  beforeAll(async () => {
    trial = await openMailTrial(1)
  })
  afterAll(() => trial.close())

  it.each(readdirSync(regressions))('%s breaks none', async (name) => {
    const { findings } = await trial.try(readFileSync(join(regressions, name)), true)
    expect(findings).toEqual([])
  })
})
