// One promise after the other.
import type { Outcome, Rig, Scenario, ScenarioContext, Violation } from '../../contracts.ts'
import { outcomeOf } from '../outcome.ts'
import { inboundPromises } from './inbound-promises.ts'
import { outboundPromises } from './outbound-promises.ts'
import type { KeptPromise } from './promise.ts'

const all: readonly KeptPromise[] = [...inboundPromises, ...outboundPromises]

async function run(context: ScenarioContext): Promise<Outcome> {
  const { seed, only, progress } = context
  const isWanted = ({ name }: Pick<KeptPromise, 'name'>) => only.length === 0 || only.includes(name)
  const violations: Violation[] = []
  const wanted = all.filter(isWanted)
  if (wanted.length === 0) throw new RangeError(`no promise is called ${only.join(', ')}`)
  const rig = await context.openRig({ workers: 2 })
  let drainedMs = 0
  try {
    for (const [index, one] of wanted.entries()) {
      violations.push(...(await tell(rig, one, seed * 1000 + index * 10)))
      progress(one.name)
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

async function tell(rig: Rig, { name, run: test }: KeptPromise, seed: number): Promise<Violation[]> {
  const found = await test(rig, seed)
  await rig.drained()
  return found.map((one) => ({ ...one, detail: `${name}: ${one.detail}`, only: name }))
}

export const promises: Scenario = {
  name: 'promises',
  summary: 'Single promises: cursors, deletion, crash loops, fencing, cut connections.',
  backends: { commit: [], landing: ['redis', 'postgres'], release: ['redis', 'postgres'] },
  run,
}
