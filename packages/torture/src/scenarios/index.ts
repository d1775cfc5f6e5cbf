// All scenarios, in the order in which they run: the longest of a commit first, so that two lanes end together.
import type { Scenario } from '../contracts.ts'
import { bigMails } from './big-mails.ts'
import { faults } from './faults.ts'
import { probes } from './probes/index.ts'
import { promises } from './promises/promises.ts'
import { smtpCodes } from './smtp-codes.ts'
import { soak } from './soak.ts'
import { storm } from './storm.ts'
import { sweep } from './sweep/sweep.ts'
import { throughput } from './throughput.ts'

export const scenarios: readonly Scenario[] = [
  sweep,
  faults,
  storm,
  promises,
  smtpCodes,
  ...probes,
  bigMails,
  soak,
  throughput,
]
