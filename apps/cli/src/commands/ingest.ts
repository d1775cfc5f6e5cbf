import { MaildeskError } from '@maildesk/core'
import { findMailboxByAddress, listMailboxes, type MailboxRow } from '@maildesk/db'
import { receiveEmails } from '@maildesk/flows'
import { readHeaderSection } from '@maildesk/mail'
import type { Environment } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command } from 'commander'
import { exitRefused } from '../exit-codes.ts'
import { type GivenMail, readGivenMails } from '../mail-files.ts'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

/** Of each mail, this much is looked at for the ledger row. */
const maxHeaderBytes = 1024 * 1024

interface Ingested {
  readonly file: string
  readonly id: string | null
  readonly size: number
  /** Why it is refused; null when it will be filed. Its bytes are kept either way, unless it is empty. */
  readonly refused: string | null
}

export function ingestCommand(env: Environment): Command {
  return new Command('ingest')
    .argument('[paths...]', 'files or folders; `-` or nothing for standard input')
    .option('--mailbox <address>', 'the mailbox it is for; the only one unless told')
    .option('--json', 'print one JSON document')
    .action(async (paths: string[], options: { mailbox?: string; json?: true }) => {
      const taken = await withDesk(env, async (desk) => {
        const mailbox = await mailboxFor(desk, options.mailbox)
        const all: Ingested[] = []
        for await (const mail of readGivenMails(paths, process.stdin)) {
          const one = await ingestOne(desk, mailbox, mail)
          all.push(one)
          if (!options.json)
            printLine(
              one.refused ? `refused  ${one.file}: ${one.refused}` : `stored   ${one.file} as ${one.id}`,
            )
        }
        return all
      })
      if (options.json) printJson(taken)
      if (taken.some(({ refused }) => refused)) process.exitCode = exitRefused
    })
}

async function mailboxFor({ deps }: Desk, address: string | undefined): Promise<MailboxRow> {
  if (address) {
    const mailbox = await findMailboxByAddress(deps.db, address)
    if (!mailbox)
      throw new MaildeskError('request.not-found', `no mailbox ${address}; next: maildesk mailbox list`)
    return mailbox
  }
  const [only, ...others] = await listMailboxes(deps.db)
  if (!only || others.length > 0)
    throw new MaildeskError(
      'request.invalid',
      `there are ${others.length + (only ? 1 : 0)} mailboxes; say which with --mailbox`,
    )
  return only
}

async function ingestOne({ deps }: Desk, mailbox: MailboxRow, mail: GivenMail): Promise<Ingested> {
  const head: Uint8Array[] = []
  let size = 0
  async function* watched() {
    for await (const chunk of mail.bytes) {
      if (size < maxHeaderBytes) head.push(chunk)
      size += chunk.byteLength
      yield chunk
    }
  }
  const raw = await deps.blobs.put(watched())
  if (raw.size === 0) return { file: mail.name, id: null, size: 0, refused: 'it is empty' }
  const { messageId, from, subject } = readHeaderSection(Buffer.concat(head))
  const complete = raw.size <= deps.settings.maxMailBytes
  const header = { messageId, from: from[0]?.address ?? '', subject }
  const [id] = await receiveEmails(deps, mailbox, undefined, [
    { uid: null, raw, complete, internalDate: null, header },
  ])
  const refused = complete
    ? null
    : `${raw.size} bytes are over the limit of ${deps.settings.maxMailBytes}; its bytes are kept, it will be quarantined`
  return { file: mail.name, id: id ?? null, size: raw.size, refused }
}
