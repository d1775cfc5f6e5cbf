// `npm run torture -- --tier commit|landing|release`: a whole desk under faults, and an account of every mail.
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { errorText } from '@maildesk/core'
import type { Backend, Outcome, Rig, Scenario, Tier } from './contracts.ts'
import { type ToldOutcome, tellOutcomes } from './report/index.ts'
import { openRig } from './rig/open-rig.ts'
import { scenarios } from './scenarios/index.ts'
import { outcomeOf } from './scenarios/outcome.ts'

const tiers: readonly Tier[] = ['commit', 'landing', 'release']
const backends: readonly Backend[] = ['redis', 'postgres']
/** Rigs side by side: one for each core of the machine that this is planned for. */
const lanes = 2

const help = `npm run torture -- [options]

Starts whole desks between real servers, breaks them, and accounts for every mail (docs/torture.md).

  --tier commit|landing|release  how much; commit unless told
  --scenario NAME                only this one; may be given several times
  --backend redis|postgres       only this queue
  --only WHAT                    only this failpoint, code or fault of a scenario; may be given several times
  --minutes N                    how long mail pours in, in the scenario soak
  --rate N                       mails per second, in the scenario soak
  --seed N                       what decides mails, victims and moments; printed by every run
  --json                         print one JSON document
  --list                         print the scenarios
  --help

Needs Dovecot, Redis and Postfix from Debian. Exit status: 0 when nothing was violated, 1 when something was.
`

interface Task {
  readonly scenario: Scenario
  readonly backend: Backend
}

/** Open now. */
const rigs = new Set<Rig>()

const { values } = parseArgs({
  options: {
    tier: { type: 'string', default: 'commit' },
    scenario: { type: 'string', multiple: true, default: [] },
    backend: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string' },
    rate: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(help)
else if (values.list)
  for (const { name, summary } of scenarios) process.stdout.write(`${name.padEnd(16)} ${summary}\n`)
else await main()

/** Stops what runs: a rig that is only left behind keeps its servers. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, async () => {
      say(`${signal}: stopping`)
      await Promise.allSettled([...rigs].map((rig) => rig.stop()))
      process.exit(1)
    })
}

async function main(): Promise<void> {
  stopOnSignals()
  const tier = oneOf('--tier', values.tier, tiers)
  const seed = wholeNumber('--seed', values.seed)
  const tasks = tasksOf(tier)
  const startedAt = performance.now()
  const told: ToldOutcome[] = []
  say(
    `tier ${tier}, seed ${seed}: ${tasks.map(({ scenario, backend }) => `${scenario.name}/${backend}`).join(', ')}`,
  )
  const waiting = [...tasks]
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let task = waiting.shift(); task; task = waiting.shift())
        told.push(await runTask(task, tier, seed))
    }),
  )
  const { sentence, lines, ok } = tellOutcomes(told, seed, (performance.now() - startedAt) / 1000)
  const text = values.json
    ? JSON.stringify({ tier, seed, ok, sentence, told }, null, 2)
    : [...lines, sentence].join('\n')
  // Ended by word: after thousands of reset connections Node 24 once waited in its own clean-up for a request that never
  // came back, with nothing left open.
  process.stdout.write(`${text}\n`, () => process.exit(ok ? 0 : 1))
}

function tasksOf(tier: Tier): Task[] {
  const named = values.scenario.map((name) =>
    oneOf(
      '--scenario',
      name,
      scenarios.map((one) => one.name),
    ),
  )
  const only = values.backend === undefined ? undefined : oneOf('--backend', values.backend, backends)
  return scenarios
    .filter(({ name }) => named.length === 0 || named.includes(name))
    .flatMap((scenario) => {
      // Whoever asks for a scenario by name gets it, also where the tier leaves it out.
      const planned = scenario.backends[tier]
      const wanted = named.length > 0 && planned.length === 0 ? backends : planned
      return (only && named.length > 0 ? [only] : wanted.filter((one) => !only || one === only)).map(
        (backend) => ({ scenario, backend }),
      )
    })
}

async function runTask({ scenario, backend }: Task, tier: Tier, seed: number): Promise<ToldOutcome> {
  const about = `${scenario.name}/${backend}`
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`
  let outcome: Outcome
  try {
    outcome = await scenario.run({
      tier,
      backend,
      seed,
      only: values.only,
      ...(values.minutes === undefined ? {} : { minutes: wholeNumber('--minutes', values.minutes) }),
      ...(values.rate === undefined ? {} : { rate: wholeNumber('--rate', values.rate) }),
      progress: (line) => say(`${about} ${seconds()}: ${line}`),
      openRig: async (options) => {
        const rig = await openRig({ backend, seed, ...options })
        rigs.add(rig)
        rig.onStop(async () => rigs.delete(rig))
        return rig
      },
    })
  } catch (error) {
    // A harness that fails proves nothing: that is no pass.
    const detail = `the scenario itself failed: ${errorText(error)}${error instanceof Error ? `\n${error.stack}` : ''}`
    outcome = outcomeOf({}, { violations: [{ invariant: 'I6', kind: 'other', detail }] })
  }
  say(`${about} ended after ${seconds()} with ${outcome.violations.length} violations`)
  return { scenario: scenario.name, backend, outcome }
}

function oneOf<Word extends string>(option: string, given: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === given)
  if (found === undefined) fail(`${option} ${given}: there is ${words.join(', ')}`)
  return found
}

function wholeNumber(option: string, given: string): number {
  if (!/^\d{1,9}$/.test(given)) fail(`${option} ${given}: a whole number is wanted`)
  return Number(given)
}

function fail(message: string): never {
  process.stderr.write(`torture: ${message}\n`)
  process.exit(2)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
