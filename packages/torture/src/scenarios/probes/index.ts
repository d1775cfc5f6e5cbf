import type { Scenario } from '../../contracts.ts'
import { probeKill, probeKinds, probeUidValidity, probeUnanswered } from './probe-desk.ts'
import { probeDurableOrder } from './probe-durable-order.ts'
import { probeFolder } from './probe-folder.ts'

export const probes: readonly Scenario[] = [
  probeDurableOrder,
  probeFolder,
  probeKill,
  probeKinds,
  probeUnanswered,
  probeUidValidity,
]
