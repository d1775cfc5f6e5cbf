// What a thorough check collects: every finding is counted, and of each kind the first are kept.
import { deepFindings, type FindingName } from '@maildesk/core'

/** Of each kind so many are told; all are counted. */
const maxTold = 100

export interface Finding {
  readonly finding: FindingName
  /** What it is about: a row, a folder, a blob. */
  readonly of: string
  readonly detail: string
  /** It was mended at once. */
  readonly repaired?: boolean
}

export interface CountedFinding {
  readonly finding: FindingName
  readonly level: 'red' | 'look'
  readonly count: number
  readonly repaired: number
  readonly meaning: string
  readonly todo: string
  readonly examples: readonly Omit<Finding, 'finding'>[]
}

/** Collects in bounded memory. */
export class Findings {
  readonly #found = new Map<FindingName, { count: number; repaired: number; examples: Finding[] }>()

  add(finding: Finding, count = 1): void {
    const kind = this.#found.get(finding.finding) ?? { count: 0, repaired: 0, examples: [] }
    this.#found.set(finding.finding, kind)
    kind.count += count
    if (finding.repaired) kind.repaired += count
    if (kind.examples.length < maxTold) kind.examples.push(finding)
  }

  /** In the order of the table, those with none left out. */
  list(): CountedFinding[] {
    return (Object.keys(deepFindings) as FindingName[]).flatMap((finding) => {
      const kind = this.#found.get(finding)
      if (!kind) return []
      const examples = kind.examples.map(({ finding: _, ...rest }) => rest)
      return [{ finding, ...deepFindings[finding], ...kind, examples }]
    })
  }
}
