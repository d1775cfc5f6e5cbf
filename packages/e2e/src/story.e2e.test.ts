import { rm } from 'node:fs/promises'
import { type DeskProcess, startDeskProcess } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataDir } from './make-data-dir.ts'
import { readSandboxFile } from './sandbox-client.ts'
import { tellStory } from './story/tell-story.ts'

let dataDir: string
let desk: DeskProcess

beforeAll(async () => {
  dataDir = await makeDataDir('story')
  desk = startDeskProcess('start', 'apps/cli/src/main.ts', ['start', '--sandbox'], {
    MAILDESK_DATA_DIR: dataDir,
  })
  await desk.waitForLog('"msg":"ready"', 60_000)
})
afterAll(async () => {
  await desk.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
})

test('the story of a conversation, from the first mail to the first bounce, is told to its end', async () => {
  const told: string[] = []
  await tellStory(await readSandboxFile(dataDir), (line) => told.push(line))
  expect(told).toHaveLength(12)
}, 120_000)
