import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type BlobKey,
  type BlobStore,
  type EmailParser,
  MaildeskError,
  type ParsedEmail,
  type SignatureVerifier,
} from '@maildesk/core'
import { findMailboxByAddress } from '@maildesk/db'
import { foreseeEmail } from '@maildesk/flows'
import { createEmailParser, organisationalDomain } from '@maildesk/mail'
import { type Environment, loadConfig, openLogger } from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'
import { type Desk, parseLimits } from '@maildesk/wiring'
import { Command } from 'commander'
import { explanationOf } from '../explanation.ts'
import { type Foresight, foresightOf } from '../foresight.ts'
import { inOrder } from '../in-order.ts'
import { type GivenMail, readGivenMails } from '../mail-files.ts'
import { printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

/** Mails parsed at the same time, each in a process of its own. */
const children = 2
/** Mails stored ahead of the one that is printed next, so that a slow one does not make the others wait. */
const lookAhead = 8

interface ExplainOptions {
  json?: true
  againstDatabase?: true
  mailbox?: string
}

/** Where a mail would land; asked of a database, or not at all. */
type Foresee = (
  mail: { readonly raw: BlobKey; readonly size: number; readonly email: ParsedEmail },
  signatures: SignatureVerifier,
) => Promise<Foresight | undefined>

export function explainCommand(env: Environment): Command {
  return new Command('explain')
    .argument('[paths...]', 'files, folders or an mbox; `-` or nothing for standard input')
    .option('--against-database', 'also tell which ticket each mail would go to, and why; writes nothing')
    .option(
      '--mailbox <address>',
      'with --against-database: as if it came in here; by its recipients unless told',
    )
    .option('--json', 'one object per line (JSON Lines)')
    .action(async (paths: string[], options: ExplainOptions) => {
      if (options.mailbox && !options.againstDatabase)
        throw new MaildeskError('request.invalid', '--mailbox needs --against-database')
      if (!options.againstDatabase) return explainAll(env, paths, options, async () => undefined)
      return withDesk(env, async (desk) =>
        explainAll(env, paths, options, await foreseeingAt(desk, options.mailbox)),
      )
    })
}

async function foreseeingAt({ deps }: Desk, address: string | undefined): Promise<Foresee> {
  const named = address ? await findMailboxByAddress(deps.db, address) : undefined
  if (address && !named)
    throw new MaildeskError('request.not-found', `no mailbox ${address}; next: maildesk mailbox list`)
  return async (mail, signatures) =>
    foresightOf(await foreseeEmail({ ...deps, signatures, organisationalDomain }, mail, named))
}

async function explainAll(
  env: Environment,
  paths: readonly string[],
  options: ExplainOptions,
  foresee: Foresee,
): Promise<void> {
  const startedAt = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-explain-'))
  // Its own store, thrown away at the end: explaining a mail keeps nothing of it.
  const blobs = await openBlobStore(pathToFileURL(folder).href, { durable: false })
  const parser = createEmailParser({
    blobs,
    children,
    warm: 1,
    tmpDir: folder,
    limits: parseLimits(loadConfig(env)),
    log: openLogger({ level: 'error', format: 'pretty', role: 'cli' }),
  })
  let mails = 0
  try {
    const explained = inOrder(readGivenMails(paths, process.stdin), lookAhead, (mail) =>
      explainOne(blobs, parser, mail, foresee),
    )
    for await (const explanation of explained) {
      printLine(JSON.stringify(explanation, null, options.json ? 0 : 2))
      mails += 1
    }
  } finally {
    await parser.close()
    await rm(folder, { recursive: true, force: true })
  }
  if (mails > 1) tellPace(mails, performance.now() - startedAt)
}

async function explainOne(
  blobs: BlobStore,
  parser: EmailParser & SignatureVerifier,
  mail: GivenMail,
  foresee: Foresee,
) {
  const raw = await blobs.put(mail.bytes)
  return async () => {
    const outcome = await parser.parse(raw.key)
    const given = { raw: raw.key, size: raw.size }
    const foreseen = outcome.ok ? await foresee({ ...given, email: outcome.email }, parser) : undefined
    return { ...explanationOf(mail.name, raw, outcome), ...(foreseen ? { decision: foreseen } : {}) }
  }
}

/** On standard error: standard output is for the objects alone. */
function tellPace(mails: number, ms: number): void {
  const seconds = ms / 1000
  process.stderr.write(
    `${mails} mails in ${seconds.toFixed(1)} s (${(mails / seconds).toFixed(0)} mails/s)\n`,
  )
}
