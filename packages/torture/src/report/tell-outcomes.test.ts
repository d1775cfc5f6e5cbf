import { describe, expect, test } from 'vitest'
import type { Outcome, Violation } from '../contracts.ts'
import { tellOutcomes } from './index.ts'

const quiet: Outcome = {
  mails: 1000,
  answers: 200,
  kills: 60,
  failpoints: 1,
  faults: { postgres: 2, imap: 5 },
  lost: 0,
  doubled: 0,
  misthreaded: 0,
  listedDoubles: 1,
  uncertain: 2,
  drainedMs: 4200,
  violations: [],
  notes: ['one worker'],
}
const lost: Violation = { invariant: 'I1', kind: 'lost', detail: 'mail [mark 7-1]\u001b[31m\nhas no row' }

function tell(...outcomes: Partial<Outcome>[]) {
  const all = outcomes.map((fields, index) => ({
    scenario: `soak-${index}`,
    backend: 'redis' as const,
    outcome: { ...quiet, ...fields },
  }))
  return tellOutcomes(all, 7, 61.2)
}

describe('tellOutcomes', () => {
  test('says in a sentence what was done and what became of it, all scenarios together', () => {
    const { sentence, ok } = tell({}, { drainedMs: 100, faults: { imap: 1 } })
    expect(ok).toBe(true)
    expect(sentence).toBe(
      '2,000 mails and 400 answers under 120 SIGKILLs, 2 failpoints, 2 postgres faults and 6 imap faults: ' +
        '0 lost, 0 doubled, 0 misthreaded; 2 possibly doubled answers listed by the desk itself; ' +
        '4 automatic mails given up as uncertain; at rest 4.2 s after the last fault at the latest (seed 7, 61 s).',
    )
  })

  test('counts what is neither lost nor doubled nor misthreaded', () => {
    const { sentence } = tell({ violations: [{ invariant: 'I11', kind: 'other', detail: 'connections' }] })
    expect(sentence).toContain('0 misthreaded, 1 other violation;')
  })

  test('tells each violation on one line, and how to see it again', () => {
    const { lines, ok } = tell({}, { lost: 1, violations: [lost] })
    expect(ok).toBe(false)
    expect(lines).toEqual([
      'ok   soak-0 on redis: 1,000 mails, 200 answers, 60 SIGKILLs, 1 failpoint, at rest after 4.2 s',
      '     one worker',
      'FAIL soak-1 on redis: 1,000 mails, 200 answers, 60 SIGKILLs, 1 failpoint, at rest after 4.2 s',
      '     one worker',
      '     I1 lost: mail [mark 7-1] [31m has no row',
      '     again: npm run torture -- --scenario soak-1 --backend redis --seed 7',
    ])
  })

  test('does not tell of thousands of violations', () => {
    const { lines } = tell({ lost: 5000, violations: Array<Violation>(5000).fill(lost) })
    expect(lines.length).toBeLessThan(30)
    expect(lines.at(-2)).toContain('4,980 violations more')
  })

  test('says of a run without faults that there were none', () => {
    const { sentence } = tell({ kills: 0, failpoints: 0, faults: {} })
    expect(sentence).toContain('under no fault: 0 lost')
  })
})
