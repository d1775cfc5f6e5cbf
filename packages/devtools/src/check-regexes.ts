// `npm run check:regexes`: no regular expression of ours may take longer than its input is long. Mail is written by
// strangers, and one mail that keeps a worker busy for an hour is enough. Another tree than this repository can be named
// as the only argument.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type FoundRegex, type FoundRegexes, findRegexes, type Mark } from './regexes/find-regexes.ts'
import { judgeRegex } from './regexes/judge-regex.ts'
import { listFiles, repositoryRoot } from './repository.ts'

const sourceFolders = ['apps', 'packages', 'migrations']
/** Tests, what only they use, and the repository's own scripts: they read what we have written. */
const notJudged = /\.test\.ts$|\/testing\/|^packages\/(?:testkit|e2e|devtools)\//

const problems = [
  ...(await judgeTheJudge()),
  ...(await findProblems(resolve(process.argv[2] ?? repositoryRoot))),
]
for (const problem of problems) console.error(problem)
if (problems.length > 0) {
  console.error(
    `\n${problems.length} problem(s) with regular expressions. Scan the text instead, or bound what the expression sees` +
      ' and say so on the line above it: // regex-bounded: at most 200 characters of a header line',
  )
  process.exitCode = 1
}

async function findProblems(root: string): Promise<string[]> {
  const files = listFiles(root, sourceFolders).filter((path) => path.endsWith('.ts') && !notJudged.test(path))
  const problems: string[] = []
  let seen = 0
  for (const path of files) {
    const found = findRegexes(path, readFileSync(join(root, path), 'utf8'))
    seen += found.regexes.length
    problems.push(...(await problemsOf(path, found)))
  }
  console.log(`${seen} regular expressions in ${files.length} source files looked at`)
  if (seen === 0)
    problems.push(`saw-nothing: no regular expression below ${root}; is this the repository's root?`)
  return problems
}

async function problemsOf(path: string, { regexes, marks }: FoundRegexes): Promise<string[]> {
  const problems: string[] = []
  const needed = new Set<Mark>()
  for (const regex of regexes) {
    const problem = await problemOf(regex)
    if (problem === undefined) continue
    if (regex.mark?.reason) needed.add(regex.mark)
    else problems.push(`${problem.kind}: ${path}:${regex.line} ${problem.tells}`)
  }
  for (const mark of marks) {
    if (!needed.has(mark))
      problems.push(`needless-mark: ${path}:${mark.line} covers no slow expression, or gives no reason`)
  }
  return problems
}

async function problemOf({ source, flags }: FoundRegex) {
  if (source === undefined)
    return { kind: 'not-readable', tells: 'is put together at run time; write a literal' }
  const verdict = await judgeRegex(source, flags)
  if (verdict.ok) return undefined
  return { kind: 'slow', tells: `/${source}/${flags} is ${verdict.problem}: ${verdict.attack}` }
}

/** A judge that calls known bad expressions good would call everything good. */
async function judgeTheJudge(): Promise<string[]> {
  const known = [
    ['^(a+)+$', false],
    ['\\s+$', false],
    ['^(?!(a|a)*b)', false],
    ['^a+b+$', true],
  ] as const
  const wrong: string[] = []
  for (const [source, good] of known) {
    if ((await judgeRegex(source, '')).ok !== good)
      wrong.push(`blind: /${source}/ is not judged ${good ? 'linear' : 'slow'}`)
  }
  return wrong
}
