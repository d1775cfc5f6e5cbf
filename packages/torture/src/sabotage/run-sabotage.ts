// `npm run torture:sabotage`: breaks copies of the product on purpose, one way at a time, and sees whether it is noticed.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { errorText } from '@maildesk/core'
import { type Catcher, patched, type Sabotage } from './sabotage.ts'
import { sabotages } from './sabotages.ts'
import { makeScratchCopy } from './scratch-copy.ts'

const help = `npm run torture:sabotage -- [options]

Makes a copy of the repository for each sabotage, breaks it, and runs the check that must notice; the same check must
pass on a copy that nobody broke. Needs what the fault tests need (docs/torture.md).

  --only N    only this one; may be given several times
  --json      print one JSON document
  --help

Exit status: 0 when every sabotage was caught for the right reason.
`

/** A check that takes longer proves nothing, milliseconds. */
const checkLimitMs = 300_000
const seed = '7'

interface Run {
  readonly isRed: boolean
  readonly output: string
}

interface Verdict {
  readonly number: number
  readonly name: string
  readonly catcher: string
  readonly verdict: 'caught' | 'missed' | 'red for another reason' | 'red without sabotage' | 'not done'
  readonly seconds: number
  readonly said: string
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(help)
else await main()

async function main(): Promise<void> {
  const chosen = sabotages.filter(
    ({ number }) => values.only.length === 0 || values.only.includes(String(number)),
  )
  if (chosen.length === 0) throw new RangeError(`there is no sabotage ${values.only.join(', ')}`)
  const untouched = new Map<string, Run>()
  const verdicts: Verdict[] = []
  for (const sabotage of chosen) {
    const verdict = await judge(sabotage, untouched)
    verdicts.push(verdict)
    process.stderr.write(`${lineOf(verdict)}\n`)
  }
  const caught = verdicts.filter(({ verdict }) => verdict === 'caught').length
  const sentence = `${caught} of ${verdicts.length} caught`
  if (values.json) process.stdout.write(`${JSON.stringify({ sentence, verdicts }, null, 2)}\n`)
  else process.stdout.write(`${[...verdicts.map(lineOf), sentence].join('\n')}\n`)
  process.exitCode = caught === verdicts.length ? 0 : 1
}

async function judge(sabotage: Sabotage, untouched: Map<string, Run>): Promise<Verdict> {
  const { number, name, caughtBy } = sabotage
  const catcher = nameOf(caughtBy)
  const startedAt = performance.now()
  const end = (verdict: Verdict['verdict'], said: string): Verdict => ({
    ...{ number, name, catcher, verdict, said },
    seconds: Math.round((performance.now() - startedAt) / 1000),
  })
  try {
    const before = untouched.get(catcher) ?? (await inCopy([], caughtBy))
    untouched.set(catcher, before)
    if (before.isRed || !hasRun(caughtBy, before.output))
      return end('red without sabotage', tailOf(before.output))
    const after = await inCopy([sabotage], caughtBy)
    if (!after.isRed) return end('missed', tailOf(after.output))
    const said = reasonIn(caughtBy, after.output)
    return said === undefined ? end('red for another reason', tailOf(after.output)) : end('caught', said)
  } catch (error) {
    return end('not done', errorText(error))
  }
}

async function inCopy(broken: readonly Sabotage[], catcher: Catcher): Promise<Run> {
  const copy = makeScratchCopy()
  try {
    for (const patch of broken.flatMap(({ patches }) => patches)) {
      const file = join(copy.folder, patch.file)
      writeFileSync(file, patched(readFileSync(file, 'utf8'), patch))
    }
    return await run(copy.folder, commandOf(catcher))
  } finally {
    copy.remove()
  }
}

function commandOf(catcher: Catcher): string[] {
  if ('test' in catcher) {
    const title = catcher.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const vitest = 'node_modules/vitest/vitest.mjs'
    return [vitest, 'run', '--project', catcher.project, catcher.test, '-t', title, '--reporter', 'verbose']
  }
  const { scenario, only, backend } = catcher
  const chosen = ['--scenario', scenario, '--backend', backend, '--seed', seed]
  return ['packages/torture/src/torture.ts', ...chosen, ...(only === undefined ? [] : ['--only', only])]
}

async function run(cwd: string, args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: checkLimitMs,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === null) throw new Error(`${args.join(' ')} did not end by itself within ${checkLimitMs} ms`)
  // Vitest may colour what it says, also for a pipe.
  return { isRed: code !== 0, output: stripVTControlCharacters(output) }
}

/** A check that skipped everything was no check. */
function hasRun(catcher: Catcher, output: string): boolean {
  return 'test' in catcher
    ? output.includes(`✓`) && output.includes(catcher.name)
    : output.includes(`ok   ${catcher.scenario} `)
}

/** The line that shows that it is red for what was broken. */
function reasonIn(catcher: Catcher, output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim())
  if ('test' in catcher) return lines.find((line) => /^(FAIL|×)/.test(line) && line.includes(catcher.name))
  return lines.find((line) => catcher.says.some((words) => holds(line, words)))
}

function nameOf(catcher: Catcher): string {
  if ('test' in catcher) return `${catcher.test}: ${catcher.name}`
  return `torture ${catcher.scenario}${catcher.only === undefined ? '' : ` ${catcher.only}`}`
}

function tailOf(output: string): string {
  return output.trim().split('\n').slice(-8).join(' | ').slice(-900)
}

function lineOf({ number, name, verdict, seconds, catcher, said }: Verdict): string {
  return `${String(number).padStart(2)} ${name.padEnd(28)} ${verdict}, ${seconds} s, ${catcher} — ${said.slice(0, verdict === 'caught' ? 160 : 900)}`
}

/** `…` stands for whatever lies between. */
function holds(line: string, words: string): boolean {
  return words.split('…').every((part) => line.includes(part))
}
