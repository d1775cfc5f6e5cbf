// Twenty ways in which mail handlers lose or double mail, each done to this one.
import type { Sabotage } from './sabotage.ts'

const imapSource = 'packages/mail/src/imap/imap-source.ts'
const blobStore = 'packages/storage/src/file-blob-store.ts'
const receiving = 'packages/flows/src/receive-emails.ts'
const filing = 'packages/flows/src/file-email.ts'
const ledger = 'packages/db/src/inbound-emails.ts'

/** In the story of one mail, with the comparison of folder and ledger turned off: it would mend some of these. */
const killedAt = (only: string, says: readonly string[]) =>
  ({ scenario: 'probe-kill', only, backend: 'postgres', says }) as const
const kinds = (says: readonly string[]) => ({ scenario: 'probe-kinds', backend: 'postgres', says }) as const
const order = (says: readonly string[]) =>
  ({ scenario: 'probe-durable-order', backend: 'postgres', says }) as const
const folder = (says: readonly string[]) => ({ scenario: 'probe-folder', backend: 'postgres', says }) as const

export const sabotages: readonly Sabotage[] = [
  {
    number: 1,
    name: 'seen-cursor',
    breaks: 'What is new is what nobody has read, in place of what has a higher UID.',
    patches: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the product's source
      { file: imapSource, find: '{ uid: `${afterUid + 1}:*`, deleted', replace: '{ seen: false, deleted' },
    ],
    caughtBy: folder(['I1 lost: …flagged \\Seen']),
  },
  {
    number: 2,
    name: 'cursor-before-commit',
    breaks:
      'The cursor is committed before the rows. The comparison of folder and ledger would find the mail later.',
    patches: [
      {
        file: receiving,
        find: '  const kept = await inTransaction(deps.db, async (tx) => {',
        replace: `  if (place && mailbox && place.lastUid !== null) {
    const moved = { mailboxId: mailbox.id, ...place, lastUid: place.lastUid }
    await inTransaction(deps.db, (tx) => advanceCursor(tx, moved))
  }
  const kept = await inTransaction(deps.db, async (tx) => {`,
      },
    ],
    caughtBy: killedAt('receive.inserted', ['I1 lost']),
  },
  {
    number: 3,
    name: 'no-fsync',
    breaks: 'Bytes are not synced before the blob has its name.',
    patches: [{ file: blobStore, find: "if (durable) await guard('sync', () => file.sync())", replace: '' }],
    caughtBy: order(['I1 other: …not synced before']),
  },
  {
    number: 4,
    name: 'no-rename',
    breaks: 'A blob is written under its final name.',
    patches: [
      {
        file: blobStore,
        find: "await guard('keep', () => rename(temporary, path))",
        replace:
          "await guard('keep', async () => (await import('node:fs/promises')).copyFile(temporary, path))",
      },
    ],
    caughtBy: order(['I1 other: …not renamed']),
  },
  {
    number: 5,
    name: 'no-unique-message',
    breaks:
      'No key keeps a mail from having two messages. Alone it doubles nothing: the claim, the fence and a look for a message come first. The key is the last guard, and is asked for by itself.',
    patches: [
      {
        file: 'migrations/20261122090400_create_messages.ts',
        find: 'inbound_email_id uuid UNIQUE REFERENCES',
        replace: 'inbound_email_id uuid REFERENCES',
      },
    ],
    caughtBy: kinds(['I2 doubled: …two messages']),
  },
  {
    number: 6,
    name: 'no-sweeper',
    breaks: 'Nobody rings again for what stands still.',
    patches: [
      {
        file: 'packages/flows/src/sweep.ts',
        find: '  const abandoned = await listAbandonedOutbound(deps.db, maxRings)\n',
        replace:
          '  if (deps.db) return { rung: 0, direct: 0, takenOver: 0 }\n  const abandoned = await listAbandonedOutbound(deps.db, maxRings)\n',
      },
    ],
    caughtBy: killedAt('receive.committed', ['I6 late']),
  },
  {
    number: 7,
    name: 'acknowledgement-after-commit',
    breaks: 'The acknowledgement is queued after the filing is committed.',
    patches: [
      {
        file: 'packages/flows/src/queue-acknowledgement.ts',
        find: '  const { mailbox } = gathered\n  return queueAutomatic(tx, deps, {',
        replace: `  const { mailbox } = gathered
  setTimeout(() => void import('@maildesk/db').then(({ inTransaction }) => inTransaction(deps.db, (later) => queue(later))).catch(() => undefined), 500)
  return undefined
  async function queue(tx: Transaction) { return queueAutomatic(tx, deps, {`,
      },
      {
        file: 'packages/flows/src/queue-acknowledgement.ts',
        find: '      return composeAcknowledgement(sender.email, thread, sendingMailbox(mailbox), stamp)\n    },\n  })\n',
        replace:
          '      return composeAcknowledgement(sender.email, thread, sendingMailbox(mailbox), stamp)\n    },\n  }) }\n',
      },
    ],
    caughtBy: killedAt('file.committed', ['I4 lost: …no acknowledgement']),
  },
  {
    number: 8,
    name: 'late-message-id',
    breaks: 'The Message-ID is made when the mail is sent, and nobody remembers it.',
    patches: [
      {
        file: 'packages/flows/src/send-email.ts',
        find: '    row.composed,\n    files.map',
        replace:
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the product's source
          '    { ...row.composed, messageId: `${deps.ids.uuid()}@late.example` as never },\n    files.map',
      },
    ],
    caughtBy: killedAt('file.committed', ['I4 ']),
  },
  {
    number: 9,
    name: 'silent-resend',
    breaks: 'A mail whose answer did not come is sent again at once, as pools of connections do.',
    patches: [
      {
        file: 'packages/mail/src/smtp/smtp-mailer.ts',
        find: '      const result = await new Attempt(session, access, envelope, options.log).run(raw, markData)\n',
        replace: `      let result = await new Attempt(session, access, envelope, options.log).run(raw, markData)
      if (result.outcome === 'uncertain') {
        const again = new SmtpSession(access, timeouts, options.helloName)
        result = await new Attempt(again, access, envelope, options.log).run(raw, markData)
      }
`,
      },
    ],
    caughtBy: { scenario: 'probe-unanswered', backend: 'postgres', says: ['I4 doubled'] },
  },
  {
    number: 10,
    name: 'retry-5yz',
    breaks: 'A mail refused for good is tried again.',
    patches: [
      {
        file: 'packages/core/src/outbound/send-policy.ts',
        find: "      return { status: 'failed', nextInMs: null, ...stay }\n",
        replace: '      return later(attempt, stay)\n',
      },
    ],
    caughtBy: { scenario: 'smtp-codes', only: '550@rcpt', backend: 'postgres', says: ['I4 other: 550@rcpt'] },
  },
  {
    number: 11,
    name: 'give-up-on-4yz',
    breaks: 'A mail refused for now is given up.',
    patches: [
      {
        file: 'packages/core/src/outbound/send-policy.ts',
        find: "    case 'refused-for-now':\n      return later(attempt, stay)\n",
        replace: "    case 'refused-for-now':\n      return { status: 'failed', nextInMs: null, ...stay }\n",
      },
    ],
    caughtBy: { scenario: 'smtp-codes', only: '450@rcpt', backend: 'postgres', says: ['I4 other: 450@rcpt'] },
  },
  {
    number: 12,
    name: 'no-fencing',
    breaks: 'A worker that was taken over still writes.',
    patches: [
      {
        file: ledger,
        find: "    .where({ id: row.id, status: 'received', attempts: row.attempts })\n    .forUpdate()",
        replace: '    .where({ id: row.id })\n    .forUpdate()',
      },
    ],
    caughtBy: {
      test: 'packages/flows/src/file-email.db.test.ts',
      name: 'a worker that was taken over writes nothing',
      project: 'database',
    },
  },
  {
    number: 13,
    name: 'same-id-same-mail',
    breaks: 'Two mails of one Message-ID are one mail, whatever they say.',
    patches: [
      {
        file: 'packages/core/src/inbound/content-identity.ts',
        find: "  const hash = createHash('sha256')\n",
        replace:
          "  const hash = createHash('sha256')\n  if (email.messageId !== null) return hash.update(email.messageId).digest('hex')\n",
      },
    ],
    caughtBy: kinds(['I1 ', 'I2 ']),
  },
  {
    number: 14,
    name: 'no-id-no-mail',
    breaks: 'A mail without Message-ID is passed over.',
    patches: [
      {
        file: receiving,
        find: '  const rows = mails.map((mail) => ({',
        replace: '  const rows = mails.filter(({ header }) => header.messageId !== null).map((mail) => ({',
      },
    ],
    caughtBy: kinds(['I1 lost']),
  },
  {
    number: 15,
    name: 'parse-in-the-main-loop',
    breaks: 'Mails are parsed by the worker itself.',
    patches: [
      {
        file: 'packages/mail/src/parse/parser-pool.ts',
        find: "    const answer = await this.#askChild({ kind: 'parse', rawFile, partsFolder, limits }, raw)\n",
        replace: `    const { parseEmail } = await import('./parse-email.ts')
    const { createReadStream } = await import('node:fs')
    return parseEmail(createReadStream(rawFile), blobs, limits)
    const answer = await this.#askChild({ kind: 'parse', rawFile, partsFolder, limits }, raw)
`,
      },
    ],
    caughtBy: {
      test: 'packages/mail/src/parse/parser-pool.heavy.test.ts',
      name: 'is ended when it does this',
      project: 'heavy',
    },
  },
  {
    number: 16,
    name: 'count-after-parse',
    breaks: 'A start is counted when the mail is parsed, so that one that kills its reader is never counted.',
    patches: [
      {
        file: ledger,
        find: "SET attempts = attempts + 1, leased_until = now() + ? * interval '1 millisecond'\n      WHERE id = ? AND status = 'received' AND next",
        replace:
          "SET leased_until = now() + ? * interval '1 millisecond'\n      WHERE id = ? AND status = 'received' AND next",
      },
      {
        file: filing,
        find: '  const parsed = await deps.parser.parse(row.raw_key)\n',
        replace: `  const parsed = await deps.parser.parse(row.raw_key)
  await deps.db('inbound_emails').where({ id: row.id }).increment('attempts', 1)
  Object.assign(row, { attempts: row.attempts + 1 })
`,
      },
    ],
    caughtBy: {
      scenario: 'promises',
      only: 'crash-loop',
      backend: 'postgres',
      says: ['I8 other: crash-loop'],
    },
  },
  {
    number: 17,
    name: 'one-epoch',
    breaks:
      'UIDVALIDITY is ignored: the old cursor holds for the new numbers. The comparison would find the mail later.',
    patches: [
      {
        file: 'apps/poller/src/fetch-new.ts',
        find: 'cursors.find(({ uid_validity }) => uid_validity === uidValidity)',
        replace: 'cursors[0]',
      },
    ],
    caughtBy: { scenario: 'probe-uidvalidity', backend: 'postgres', says: ['I1 lost', 'I6 late'] },
  },
  {
    number: 18,
    name: 'flag-before-commit',
    breaks: 'The mailbox is tidied before the ledger has the mail.',
    patches: [
      {
        file: 'apps/poller/src/fetch-new.ts',
        find: "      await failpoint('poll.batch-kept')\n",
        replace: `      if (mailbox.after_processing !== 'keep')
        await source.afterProcess(batch.listed.map(({ uid }) => uid), mailbox.after_processing, mailbox.after_folder)
      await failpoint('poll.batch-kept')
`,
      },
    ],
    caughtBy: { scenario: 'promises', only: 'taken-away', backend: 'postgres', says: ['I9 lost', 'I6 late'] },
  },
  {
    number: 19,
    name: 'star-unfiltered',
    breaks:
      'The newest mail is fetched again and again: "n:*" has it even when n is beyond it. Its row keeps it from being doubled.',
    patches: [
      {
        file: imapSource,
        find: 'found.filter((uid) => uid > afterUid).sort(',
        replace: '[...found].sort(',
      },
    ],
    caughtBy: folder(['I1 doubled: …listed again']),
  },
  {
    number: 20,
    name: 'always-green',
    breaks: 'Health says that all is well.',
    patches: [
      {
        file: 'apps/api/src/routes/ops/read-health.ts',
        find: "ok: reasons.every(({ level }) => level !== 'red'), reasons, dependencies",
        replace: 'ok: true, reasons: [], dependencies',
      },
    ],
    caughtBy: {
      scenario: 'faults',
      only: 'redis-killed',
      backend: 'redis',
      says: ['I12 other: redis-killed'],
    },
  },
]
