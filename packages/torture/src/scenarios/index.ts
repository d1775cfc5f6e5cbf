// All scenarios, in the order in which they run.
import type { Scenario } from '../contracts.ts'
import { bigMails } from './big-mails.ts'
import { faults } from './faults.ts'
import { probes } from './probes/index.ts'
import { smtpCodes } from './smtp-codes.ts'
import { soak } from './soak.ts'
import { storm } from './storm.ts'
import { sweep } from './sweep/sweep.ts'

export const scenarios: readonly Scenario[] = [...probes, sweep, storm, faults, smtpCodes, bigMails, soak]
