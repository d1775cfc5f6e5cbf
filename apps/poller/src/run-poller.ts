// The poller: one watcher per active mailbox; mailboxes that are added later are found by themselves.
import { setTimeout as sleep } from 'node:timers/promises'
import { errorText } from '@maildesk/core'
import { listMailboxes, type MailboxRow } from '@maildesk/db'
import { openMailSource } from '@maildesk/mail'
import { type Desk, imapAccessOf, imapLimits } from '@maildesk/wiring'
import { watchMailbox } from './watch-mailbox.ts'

/** How often the list of mailboxes is read, milliseconds. */
const rosterIntervalMs = 3000

/** Starts watching and returns; the desk's lifecycle stops it. */
export async function runPoller(desk: Desk): Promise<void> {
  const { deps, config, log } = desk
  const stopping = new AbortController()
  const watching = new Map<MailboxRow['id'], Promise<void>>()
  const openSource = (mailbox: MailboxRow, folder: string) =>
    openMailSource({
      access: imapAccessOf(mailbox, config.secretKeys),
      folder,
      limits: imapLimits(config),
      log,
    })

  const readRoster = async () => {
    while (!stopping.signal.aborted) {
      try {
        for (const { id, is_active, imap_host } of await listMailboxes(deps.db)) {
          if (!is_active || !imap_host || watching.has(id)) continue
          const watch = watchMailbox(deps, id, {
            openSource,
            pollIntervalMs: config.pollIntervalMs,
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
