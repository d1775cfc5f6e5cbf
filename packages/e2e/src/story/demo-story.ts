// `npm run demo:story`: a desk of its own, the story, and nothing left behind.
import { rm } from 'node:fs/promises'
import { startDeskProcess } from '@maildesk/testkit'
import { makeDataDir } from '../make-data-dir.ts'
import { readSandboxFile } from '../sandbox-client.ts'
import { tellStory } from './tell-story.ts'

const dataDir = await makeDataDir('story')
const desk = startDeskProcess('start', 'apps/cli/src/main.ts', ['start', '--sandbox'], {
  MAILDESK_DATA_DIR: dataDir,
})
try {
  console.log('A desk starts: PostgreSQL, SMTP and IMAP of its own.')
  await desk.waitForLog('"msg":"ready"', 60_000)
  const startedAt = performance.now()
  let lines = 0
  await tellStory(await readSandboxFile(dataDir), (line) => {
    lines += 1
    console.log(`${String(lines).padStart(2)} ✓ ${line}`)
  })
  console.log(`${lines} lines, each checked, in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await desk.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
}
