import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type BlobKey,
  type BlobStore,
  classifyEmail,
  type EmailParser,
  type ParsedEmail,
  type ParseOutcome,
  readBounce,
} from '@maildesk/core'
import { createEmailParser, safeHtml } from '@maildesk/mail'
import { type Environment, loadConfig, openLogger } from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'
import { parseLimits } from '@maildesk/wiring'
import { Command } from 'commander'
import { readGivenMails } from '../mail-files.ts'
import { printLine } from '../print.ts'

export function explainCommand(env: Environment): Command {
  return new Command('explain')
    .argument('[paths...]', 'files, folders or an mbox; `-` or nothing for standard input')
    .option('--json', 'one object per line (JSON Lines)')
    .action(async (paths: string[], options: { json?: true }) => {
      const config = loadConfig(env)
      const folder = await mkdtemp(join(tmpdir(), 'maildesk-explain-'))
      const blobs = await openBlobStore(pathToFileURL(folder).href)
      const log = openLogger({ level: 'error', format: 'pretty', role: 'cli' })
      const parser = createEmailParser({
        blobs,
        children: 1,
        tmpDir: folder,
        limits: parseLimits(config),
        log,
      })
      try {
        for await (const mail of readGivenMails(paths, process.stdin)) {
          const explained = await explainOne(mail.name, mail.bytes, blobs, parser)
          printLine(JSON.stringify(explained, null, options.json ? 0 : 2))
        }
      } finally {
        await parser.close()
        await rm(folder, { recursive: true, force: true })
      }
    })
}

async function explainOne(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  blobs: BlobStore,
  parser: EmailParser,
) {
  const raw = await blobs.put(bytes)
  const outcome = await parser.parse(raw.key)
  return {
    file,
    sha256: raw.key,
    size: raw.size,
    ...(outcome.ok ? understood(outcome, raw.key) : notUnderstood(outcome)),
  }
}

function understood({ email }: Extract<ParseOutcome, { ok: true }>, sha256: BlobKey) {
  const html = email.html === null ? null : safeHtml(email.html)
  return {
    message_id: bracketed(email.messageId),
    synthetic_message_id: email.messageId ? null : `<gen-${sha256.slice(0, 32)}@maildesk.invalid>`,
    in_reply_to: email.inReplyTo.map(bracketed),
    references: email.references.map(bracketed),
    date: email.date,
    from: email.from,
    sender: email.sender,
    reply_to: email.replyTo,
    to: email.to,
    cc: email.cc,
    subject: email.subject,
    text: email.text,
    html,
    reply_text: email.text,
    reply_html: html,
    quoted_text: null,
    signature_text: null,
    attachments: email.parts.map((part) => ({
      filename: part.filename,
      content_type: part.contentType,
      size: part.size,
      sha256: part.blob,
      disposition: part.disposition,
      content_id: part.contentId,
    })),
    classification: classificationOf(email),
    bounce: bounceOf(email),
    forwarded: null,
    warnings: email.warnings,
  }
}

/** A mail that cannot be parsed still gets an object, with the reason among the warnings. */
function notUnderstood({ failure, detail }: Extract<ParseOutcome, { ok: false }>) {
  return {
    message_id: null,
    synthetic_message_id: null,
    in_reply_to: [],
    references: [],
    date: null,
    from: [],
    sender: null,
    reply_to: [],
    to: [],
    cc: [],
    subject: '',
    text: '',
    html: null,
    reply_text: '',
    reply_html: null,
    quoted_text: null,
    signature_text: null,
    attachments: [],
    classification: {
      kind: 'auto_generated',
      may_answer: false,
      reasons: [{ rule: 'not-parsed', evidence: failure }],
    },
    bounce: null,
    forwarded: null,
    warnings: [{ code: failure, detail }],
  }
}

function classificationOf(email: Parameters<typeof classifyEmail>[0]) {
  const { kind, mayAnswer, reasons } = classifyEmail(email)
  return { kind, may_answer: mayAnswer, reasons }
}

function bounceOf(email: ParsedEmail) {
  const bounce = readBounce(email)
  return (
    bounce && {
      recipients: bounce.recipients.map(({ address, action, status, diagnostic }) => ({
        address,
        action,
        status,
        diagnostic,
      })),
      permanent: bounce.permanent,
      original_message_id: bounce.originalMessageId === null ? null : `<${bounce.originalMessageId}>`,
    }
  )
}

function bracketed<Id extends string | null>(id: Id): Id extends null ? null : string {
  return (id === null ? null : `<${id}>`) as Id extends null ? null : string
}
