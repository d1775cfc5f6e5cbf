// Mail rules tried on the raw mails of the ledger: each is parsed anew in a store of its own, which is thrown away.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MailboxId, MailRule, MatchedRule, MergedActions } from '@maildesk/core'
import { listMailboxes, listPastMail } from '@maildesk/db'
import { tryMailRules } from '@maildesk/flows'
import { createEmailParser } from '@maildesk/mail'
import { type Environment, loadConfig, openLogger } from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'
import { type Desk, parseLimits } from '@maildesk/wiring'
import { inOrder } from './in-order.ts'

/** Mails parsed at the same time, each in a process of its own, and mails read ahead of the one that is told next. */
const children = 2
const lookAhead = 8
/** Mails between two lines of progress. */
const progressEvery = 100

interface TriedMail {
  readonly inbound_email_id: string
  readonly received_at: Date
  readonly from_address: string
  readonly subject: string
  readonly outcome: string | null
  readonly is_asked: boolean
  readonly matched: readonly MatchedRule[]
  readonly actions: MergedActions
}

export interface Trial {
  readonly tried: number
  /** Mails whose bytes are no mail, or are gone. */
  readonly unreadable: number
  /** Those that a rule matches. */
  readonly items: readonly TriedMail[]
}

/** Tries rules on the newest mails; progress goes to standard error. Writes nothing. */
export async function tryOnPastMail(
  { deps }: Desk,
  env: Environment,
  rules: readonly MailRule[],
  which: { readonly last: number; readonly mailboxId?: MailboxId; readonly since?: Date },
): Promise<Trial> {
  const past = await listPastMail(deps.db, which)
  const mailboxes = await listMailboxes(deps.db)
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-rule-test-'))
  const blobs = await openBlobStore(pathToFileURL(folder).href, { durable: false })
  const parser = createEmailParser({
    blobs,
    children,
    warm: 1,
    tmpDir: folder,
    limits: parseLimits(loadConfig(env)),
    log: openLogger({ level: 'error', format: 'pretty', role: 'cli' }),
  })
  const items: TriedMail[] = []
  let tried = 0
  let unreadable = 0
  try {
    const outcomes = inOrder(past, lookAhead, async ({ row }) => {
      const isKept = (await deps.blobs.sizeOf(row.raw_key)) !== undefined
      const raw = isKept ? await blobs.put(await deps.blobs.open(row.raw_key)) : undefined
      return async () => ({ row, outcome: raw ? await parser.parse(raw.key) : undefined })
    })
    for await (const { row, outcome } of outcomes) {
      tried += 1
      if (tried % progressEvery === 0) process.stderr.write(`${tried} of ${past.length} mails\n`)
      if (!outcome?.ok) {
        unreadable += 1
        continue
      }
      const { matched, actions, isAsked } = tryMailRules(rules, row, outcome.email, mailboxes)
      if (matched.length > 0)
        items.push({
          inbound_email_id: row.id,
          received_at: row.received_at,
          from_address: row.from_address,
          subject: row.subject,
          outcome: row.outcome,
          is_asked: isAsked,
          matched,
          actions,
        })
    }
  } finally {
    await parser.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { tried, unreadable, items }
}
