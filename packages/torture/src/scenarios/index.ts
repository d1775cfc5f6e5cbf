// All scenarios, in the order in which they run.
import type { Scenario } from '../contracts.ts'
import { faults } from './faults.ts'
import { storm } from './storm.ts'
import { sweep } from './sweep/sweep.ts'

export const scenarios: readonly Scenario[] = [sweep, storm, faults]
