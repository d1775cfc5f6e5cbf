// The poller: one watcher per folder of each active mailbox; those that are added later are found by themselves.
import { setTimeout as sleep } from 'node:timers/promises'
import { errorText, MaildeskError } from '@maildesk/core'
import { listWatchedFolders, type MailboxRow } from '@maildesk/db'
import { openMailSource } from '@maildesk/mail'
import { type Desk, imapAccessOf, imapLimits, mailboxTokens } from '@maildesk/wiring'
import { watchFolder } from './watch-folder.ts'

/** How often the list of folders is read, milliseconds. */
const rosterIntervalMs = 3000

/** Starts watching and returns; the desk's lifecycle stops it. */
export async function runPoller(desk: Desk): Promise<void> {
  const { deps, config, log } = desk
  const stopping = new AbortController()
  const watching = new Map<string, Promise<void>>()
  const tokens = mailboxTokens(desk)
  const openSource = async (mailbox: MailboxRow, folder: string) => {
    const token = await tokens.find(mailbox)
    try {
      const access = imapAccessOf(mailbox, config.secretKeys, token)
      return await openMailSource({ access, folder, limits: imapLimits(config), log })
    } catch (error) {
      const isRefused = error instanceof MaildeskError && error.code === 'imap.auth-failed'
      if (isRefused && token !== undefined) await tokens.forget(mailbox, token)
      throw error
    }
  }

  const readRoster = async () => {
    while (!stopping.signal.aborted) {
      try {
        for (const folder of await listWatchedFolders(deps.db)) {
          const id = `${folder.mailboxId}/${folder.name}`
          if (watching.has(id)) continue
          const watch = watchFolder(deps, folder, {
            openSource,
            pollIntervalMs: config.pollIntervalMs,
            reconcileIntervalMs: config.reconcileIntervalMs,
            signal: stopping.signal,
          })
          watching.set(
            id,
            watch.finally(() => watching.delete(id)),
          )
        }
      } catch (error) {
        log.error({ error: errorText(error) }, 'list of mailboxes cannot be read')
      }
      await sleep(rosterIntervalMs, undefined, { signal: stopping.signal }).catch(() => undefined) // aborted: stop waiting
    }
  }

  const roster = readRoster()
  desk.lifecycle.add('poller', async () => {
    stopping.abort()
    await roster
    await Promise.all(watching.values())
  })
}
