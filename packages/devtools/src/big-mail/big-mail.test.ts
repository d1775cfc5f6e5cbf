import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { BigMailCost } from './measure-big-mail.ts'

const megabyte = 1024 * 1024

it.runIf(process.platform === 'linux')(
  'a mail of 50 MB with one file streams through the worker and its parser',
  () => {
    const printed = execFileSync(
      process.execPath,
      [join(import.meta.dirname, 'measure-big-mail.ts'), 'attachment'],
      { encoding: 'utf8' },
    )
    const cost = JSON.parse(printed) as BigMailCost
    expect(cost).toMatchObject({ kind: 'attachment', outcome: 'understood' })
    // Less than the mail and what streaming leaves to the garbage collector: 42 MB were measured.
    expect(cost.mainRiseBytes).toBeLessThan(80 * megabyte)
    expect(cost.childPeakBytes).toBeLessThan(300 * megabyte)
  },
  60_000,
)
