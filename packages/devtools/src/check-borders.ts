// `npm run check:borders`: who imports whom, who reads the environment, and whether every source was looked at.
// Another tree than this repository can be named as the only argument; the rules stay this repository's.

import { resolve } from 'node:path'
import { cruiseSources } from './borders/cruise-sources.ts'
import { findEnvironmentReaders } from './borders/environment-readers.ts'
import { repositoryRoot } from './repository.ts'

const problems = await findProblems(resolve(process.argv[2] ?? repositoryRoot))
for (const problem of problems) console.error(problem)
if (problems.length > 0) {
  console.error(
    `\n${problems.length} border problem(s). The rules and their reasons: .dependency-cruiser.mjs`,
  )
  process.exitCode = 1
}

async function findProblems(root: string): Promise<string[]> {
  const { sources, unseen, violations } = await cruiseSources(root)
  if (sources.length === 0) return [`no-sources: no TypeScript below ${root}; is this the repository's root?`]
  console.log(`${sources.length - unseen.length} of ${sources.length} source files looked at`)
  return [
    ...violations,
    ...unseen.map(
      (path) => `not-looked-at: ${path} (dependency-cruiser skipped it; see docs/decisions/0004)`,
    ),
    ...findEnvironmentReaders(root, sources).map(
      (path) => `no-environment: ${path} reads process.env; take the setting as an argument`,
    ),
  ]
}
