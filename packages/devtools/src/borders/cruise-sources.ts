import './use-older-typescript.ts'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ICruiseOptions, ICruiseResult } from 'dependency-cruiser'
import { listFiles, repositoryRoot } from '../repository.ts'

/** Folders whose TypeScript the border rules apply to. */
const sourceFolders = ['apps', 'packages', 'migrations']

export interface CruiseReport {
  /** TypeScript files found on disk. */
  readonly sources: readonly string[]
  /** Those of them that dependency-cruiser never looked at. */
  readonly unseen: readonly string[]
  /** One line per broken rule. */
  readonly violations: readonly string[]
}

/**
 * Runs the rules of this repository's `.dependency-cruiser.mjs` over the tree at `root`, and compares what was
 * looked at with what lies on disk: silence from a tool that saw nothing must not count as order.
 */
export async function cruiseSources(root: string): Promise<CruiseReport> {
  const sources = listFiles(root, sourceFolders).filter((path) => path.endsWith('.ts'))
  if (sources.length === 0) return { sources, unseen: [], violations: [] }
  const result = await cruiseTree(root)
  const seen = new Set(result.modules.map((module) => module.source))
  return {
    sources,
    unseen: sources.filter((path) => !seen.has(path)),
    violations: result.summary.violations.map(describeViolation).sort(),
  }
}

async function cruiseTree(root: string): Promise<ICruiseResult> {
  // Imported late, so that the hook above is in place before it looks for a compiler.
  const { cruise } = await import('dependency-cruiser')
  const { forbidden, options } = await loadRules()
  const folders = sourceFolders.filter((folder) => listFiles(root, [folder]).length > 0)
  const { output } = await cruise(folders, {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden },
    outputType: 'json',
  })
  return JSON.parse(String(output)) as ICruiseResult
}

async function loadRules() {
  const path = join(repositoryRoot, '.dependency-cruiser.mjs')
  const rules = (await import(pathToFileURL(path).href)) as {
    default: {
      forbidden: NonNullable<NonNullable<ICruiseOptions['ruleSet']>['forbidden']>
      options: ICruiseOptions
    }
  }
  return rules.default
}

function describeViolation(violation: ICruiseResult['summary']['violations'][number]): string {
  const route = violation.cycle?.map((step) => step.name).join(' → ')
  return `${violation.rule.name}: ${violation.from} → ${route ?? violation.to}`
}
