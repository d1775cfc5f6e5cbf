// `npm run bench -- parse [--json] [--mails N] [--seed S] [--rounds R]`: how fast mail is read, beside the libraries it
// could be read with. What is measured, and what it came to: docs/benchmarks.md.
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { BlobKey } from '@maildesk/core'
import { openBlobStore } from '@maildesk/storage'
import { contenders } from './contenders.ts'
import { type LoadMail, loadMix } from './load-mix.ts'
import { measure, median, type Pace } from './measure.ts'

interface Run {
  readonly title: string
  readonly mails: number
  readonly megabytes: number
  readonly medianBytes: number
  readonly paces: readonly Pace[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    mails: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
  },
})
if (positionals.join() !== 'parse') throw new TypeError('give what to measure; there is: parse')
const [mails, seed, rounds] = [values.mails, values.seed, values.rounds].map(wholeNumber) as [
  number,
  number,
  number,
]
const machine = describeMachine()
const runs = [await run('load mix', true), await run('load mix without attachments', false)]
if (values.json) console.log(JSON.stringify({ machine, mails, seed, rounds, runs }, null, 2))
else printRuns()

async function run(title: string, attachments: boolean): Promise<Run> {
  const mix = loadMix({ mails, seed, attachments })
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-bench-'))
  const blobs = await openBlobStore(pathToFileURL(join(folder, 'blobs')).href, { durable: false })
  const competing = contenders(blobs, join(folder, 'tmp'))
  try {
    const keys: BlobKey[] = []
    for (const mail of mix) keys.push((await blobs.put([mail.bytes])).key)
    const bytes = mix.reduce((sum, mail) => sum + mail.bytes.length, 0)
    const paces = await measure(competing, keys, bytes, rounds)
    return { title, mails, megabytes: bytes / 1e6, medianBytes: medianSize(mix), paces }
  } finally {
    for (const contender of competing) await contender.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function medianSize(mix: readonly LoadMail[]): number {
  return median(mix.map((mail) => mail.bytes.length))
}

function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    /** Processes that wanted to run as the measuring began: above 1, others took part of the machine. */
    load: loadavg()[0] ?? 0,
  }
}

function printRuns(): void {
  const { cpu, cores, memoryGb, node, platform, load } = machine
  console.log(
    `${cpu}, ${cores} cores, ${memoryGb} GB; Node ${node}, ${platform}; load at start ${load.toFixed(1)}`,
  )
  for (const { title, megabytes, medianBytes, paces } of runs) {
    console.log(
      `\n${title}: ${mails} mails, ${megabytes.toFixed(1)} MB, median ${medianBytes} bytes; seed ${seed}, medians of ${rounds} rounds\n`,
    )
    console.log('| | mails/s | MB/s | CPU ms a mail | times the floor | seconds, fastest – slowest | |')
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | --- |')
    for (const pace of paces) {
      const range = `${pace.fastest.toFixed(2)} – ${pace.slowest.toFixed(2)}`
      const cells = [
        pace.name,
        pace.mailsPerSecond.toFixed(0),
        pace.megabytesPerSecond.toFixed(1),
        pace.cpuMsPerMail.toFixed(1),
        pace.timesTheFloor.toFixed(1),
        range,
        pace.does,
      ]
      console.log(`| ${cells.join(' | ')} |`)
    }
  }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new TypeError(`not a whole number above 0: ${text}`)
  return number
}
