// `npm run docs` writes the generated pages; with --check (`npm run check:docs`) it only fails where one is out of
// date. docs/generated/schema.sql needs a database and has its own script: dump-schema.ts.

import { parseArgs } from 'node:util'
import { writeOrCompare } from './docs/generated-file.ts'
import { type Generator, generators } from './docs/generators.ts'
import { repositoryRoot } from './repository.ts'

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values

for (const generator of generators) {
  const problem = await refresh(generator)
  if (!problem) continue
  console.error(problem)
  process.exitCode = 1
}

async function refresh({ file, generate }: Generator): Promise<string | undefined> {
  try {
    const differed = writeOrCompare(repositoryRoot, file, await generate(), check)
    if (differed && check) return `${file} is out of date; run \`npm run docs\` and commit the result`
    if (differed) console.log(`${file} written`)
    return undefined
  } catch (error) {
    return `${file} cannot be generated: ${error instanceof Error ? error.stack : String(error)}`
  }
}
