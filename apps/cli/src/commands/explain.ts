import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEmailParser } from '@maildesk/mail'
import { type Environment, loadConfig, openLogger } from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'
import { parseLimits } from '@maildesk/wiring'
import { Command } from 'commander'
import { explanationOf } from '../explanation.ts'
import { inOrder } from '../in-order.ts'
import { readGivenMails } from '../mail-files.ts'
import { printLine } from '../print.ts'

/** Mails parsed at the same time, each in a process of its own. */
const children = 2
/** Mails stored ahead of the one that is printed next, so that a slow one does not make the others wait. */
const lookAhead = 8

export function explainCommand(env: Environment): Command {
  return new Command('explain')
    .argument('[paths...]', 'files, folders or an mbox; `-` or nothing for standard input')
    .option('--json', 'one object per line (JSON Lines)')
    .action(async (paths: string[], options: { json?: true }) => {
      const startedAt = performance.now()
      const config = loadConfig(env)
      const folder = await mkdtemp(join(tmpdir(), 'maildesk-explain-'))
      const blobs = await openBlobStore(pathToFileURL(folder).href, { durable: false })
      const log = openLogger({ level: 'error', format: 'pretty', role: 'cli' })
      const parser = createEmailParser({
        blobs,
        children,
        warm: 1,
        tmpDir: folder,
        limits: parseLimits(config),
        log,
      })
      let mails = 0
      try {
        const explained = inOrder(readGivenMails(paths, process.stdin), lookAhead, async (mail) => {
          const raw = await blobs.put(mail.bytes)
          return async () => explanationOf(mail.name, raw, await parser.parse(raw.key))
        })
        for await (const explanation of explained) {
          printLine(JSON.stringify(explanation, null, options.json ? 0 : 2))
          mails += 1
        }
      } finally {
        await parser.close()
        await rm(folder, { recursive: true, force: true })
      }
      if (mails > 1) tellPace(mails, performance.now() - startedAt)
    })
}

/** On standard error: standard output is for the objects alone. */
function tellPace(mails: number, ms: number): void {
  const seconds = ms / 1000
  process.stderr.write(
    `${mails} mails in ${seconds.toFixed(1)} s (${(mails / seconds).toFixed(0)} mails/s)\n`,
  )
}
