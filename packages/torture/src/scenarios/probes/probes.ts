// One promise after the other.
import type { Outcome, Rig, Scenario, ScenarioContext, Violation } from '../../contracts.ts'
import { outcomeOf } from '../outcome.ts'
import { durableOrder } from './durable-order.ts'
import { inboundProbes } from './inbound-probes.ts'
import { outboundProbes } from './outbound-probes.ts'
import type { Probe } from './probe.ts'

const probes: readonly Probe[] = [...inboundProbes, ...outboundProbes]

async function run(context: ScenarioContext): Promise<Outcome> {
  const { seed, only, progress } = context
  const isWanted = ({ name }: Pick<Probe, 'name'>) => only.length === 0 || only.includes(name)
  const violations: Violation[] = []
  const wanted = probes.filter(isWanted)
  if (isWanted(durableOrder)) {
    violations.push(...(await durableOrder.run()))
    progress(durableOrder.name)
  }
  if (wanted.length === 0) return outcomeOf({}, { violations })
  const rig = await context.openRig({ workers: 2 })
  let drainedMs = 0
  try {
    for (const [index, probe] of wanted.entries()) {
      violations.push(...(await tell(rig, probe, seed * 1000 + index * 10)))
      progress(probe.name)
    }
    drainedMs = await rig.drained()
    const account = await rig.account()
    return outcomeOf(account, { drainedMs, violations })
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return outcomeOf({}, { violations: [...violations, { invariant: 'I6', kind: 'late', detail }] })
  } finally {
    await rig.stop()
  }
}

async function tell(rig: Rig, probe: Probe, seed: number): Promise<Violation[]> {
  const found = await probe.run(rig, seed)
  await rig.drained()
  return found.map((one) => ({ ...one, detail: `${probe.name}: ${one.detail}` }))
}

export const probesScenario: Scenario = {
  name: 'probes',
  summary: 'Single promises: durable order, cursors, deletion, crash loops, fencing, cut connections.',
  backends: { commit: ['postgres'], landing: ['redis', 'postgres'], release: ['redis', 'postgres'] },
  run,
}
