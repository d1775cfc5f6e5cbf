/* Sets like `1:4,7,10:*` (RFC 9051 section 9, sequence-set). */

import { SyntaxProblem } from './refusals.ts'

const RANGE = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/

/** Whether a number is meant. `largest` is what `*` stands for. @throws SyntaxProblem */
export function parseSequenceSet(text: string, largest: number): (number: number) => boolean {
  const ranges = text.split(',').map((range) => {
    const match = RANGE.exec(range)
    if (!match) throw new SyntaxProblem(`Not a set of numbers: ${text.slice(0, 60)}`)
    const ends = [match[1], match[2] ?? match[1]].map((end) => (end === '*' ? largest : Number(end)))
    return [Math.min(...ends), Math.max(...ends)] as const
  })
  return (number) => ranges.some(([low, high]) => number >= low && number <= high)
}

/** `1,2,3,7` → `1:3,7`, keeping the order given. */
export function formatSequenceSet(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last && number === last[1] + 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([low, high]) => (low === high ? `${low}` : `${low}:${high}`)).join(',')
}
