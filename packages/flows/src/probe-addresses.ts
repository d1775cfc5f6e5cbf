// Which signed addresses reach a mailbox? A mail is sent to one and looked for, first with a plus, then at the reply domain.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  domainOf,
  type EnvelopeResult,
  MaildeskError,
  type MailSource,
  nonceLength,
  type Rfc822Id,
  signProbeWord,
  wordAddress,
} from '@maildesk/core'
import { findInboundByMessageId, inTransaction, type MailboxRow, updateMailbox } from '@maildesk/db'
import type { DeskDeps, WorkerDeps } from './deps.ts'
import { smtpAccessOf } from './send-email.ts'

export interface ProbeDeps extends DeskDeps {
  readonly mailer: WorkerDeps['mailer']
  readonly tokens: WorkerDeps['tokens']
  readonly unseal: WorkerDeps['unseal']
  /** Opens the mailbox's first folder. */
  readonly openSource: (mailbox: MailboxRow) => Promise<MailSource>
}

export interface TriedAddress {
  readonly how: 'plus' | 'catch_all'
  readonly address: string
  readonly outcome: 'arrived' | 'refused' | 'not-seen'
  readonly detail: string
}

export interface ProbeResult {
  readonly subAddressing: MailboxRow['sub_addressing']
  readonly tried: readonly TriedAddress[]
}

/** How often the folder is looked at for a probe, milliseconds. */
const lookEveryMs = 500

/**
 * Tries the ways one after the other and writes down the first that works, or that none does.
 * @param waitMs how long each mail may take.
 * @throws MaildeskError request.conflict without an SMTP server, smtp.* and imap.*: then nothing was learned or changed.
 */
export async function probeAddresses(
  deps: ProbeDeps,
  mailbox: MailboxRow,
  waitMs: number,
): Promise<ProbeResult> {
  const ways = mailbox.reply_domain ? (['plus', 'catch_all'] as const) : (['plus'] as const)
  const tried: TriedAddress[] = []
  for (const how of ways) {
    tried.push(await tryAddress(deps, mailbox, how, waitMs))
    if (tried.at(-1)?.outcome === 'arrived') break
  }
  const arrived = tried.find(({ outcome }) => outcome === 'arrived')
  const result: ProbeResult = { subAddressing: arrived?.how ?? 'none', tried }
  await inTransaction(deps.db, (tx) =>
    updateMailbox(tx, mailbox.id, {
      sub_addressing: result.subAddressing,
      sub_addressing_probe: JSON.stringify(result),
      sub_addressing_probed_at: deps.clock.now(),
    }),
  )
  return result
}

async function tryAddress(
  deps: ProbeDeps,
  mailbox: MailboxRow,
  how: TriedAddress['how'],
  waitMs: number,
): Promise<TriedAddress> {
  const word = signProbeWord(deps.ids.nonce(nonceLength), deps.settings.tokenKeys)
  const address = wordAddress(how === 'plus' ? mailbox.address : `@${mailbox.reply_domain}`, word)
  const messageId = `${word}@${domainOf(mailbox.address)}` as Rfc822Id
  if (!address) return { how, address: '', outcome: 'refused', detail: 'the address would be too long' }
  const source = await deps.openSource(mailbox)
  try {
    const before = source.folder.uidNext - 1
    const sent = await send(deps, mailbox, address, messageId)
    if (sent.outcome === 'refused') return { how, address, outcome: 'refused', detail: sent.response }
    if (sent.outcome !== 'accepted') throw new MaildeskError(codeOf(sent), sent.response)
    const arrived = await waitForProbe(deps, source, before, messageId, waitMs)
    return arrived
      ? { how, address, outcome: 'arrived', detail: sent.response }
      : { how, address, outcome: 'not-seen', detail: `not in the folder after ${waitMs} ms` }
  } finally {
    await source.close()
  }
}

async function send(
  deps: ProbeDeps,
  mailbox: MailboxRow,
  to: string,
  messageId: Rfc822Id,
): Promise<EnvelopeResult> {
  const access = smtpAccessOf(mailbox, deps.unseal, await deps.tokens.find(mailbox))
  if (!access)
    throw new MaildeskError('request.conflict', `${mailbox.address} has no SMTP server to send a probe with`)
  const lines = [
    `From: <${mailbox.address}>`,
    `To: <${to}>`,
    'Subject: maildesk tries this address',
    `Date: ${deps.clock.now().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'maildesk sent this to learn whether such addresses arrive. It needs no answer.',
    '',
  ]
  const raw = async () =>
    (async function* () {
      yield Buffer.from(lines.join('\r\n'))
    })()
  return deps.mailer.send(access, { from: mailbox.address, to: [to] }, raw, async () => undefined)
}

/** In the folder, or already taken out of it by the poller. */
async function waitForProbe(
  deps: ProbeDeps,
  source: MailSource,
  afterUid: number,
  messageId: Rfc822Id,
  waitMs: number,
): Promise<boolean> {
  const until = performance.now() + waitMs
  const needle = Buffer.from(`<${messageId}>`)
  let seen = afterUid
  for (;;) {
    for (const uid of await source.listUids(seen)) {
      const header = await source.fetchHeader(uid, maxHeaderBytes)
      if (header && Buffer.from(header).includes(needle)) return true
      seen = uid
    }
    if (await findInboundByMessageId(deps.db, messageId)) return true
    if (performance.now() > until) return false
    await sleep(Math.min(lookEveryMs, waitMs))
  }
}

/** Of each new mail, this much of the header is searched, bytes. */
const maxHeaderBytes = 64 * 1024

function codeOf({ outcome, code }: EnvelopeResult) {
  if (outcome === 'auth-failed') return 'smtp.auth-failed' as const
  return code === null ? ('smtp.unreachable' as const) : ('smtp.busy' as const)
}
