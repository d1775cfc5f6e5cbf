// A whole API on a real database and a real folder, asked without a port. Only the doorbell is not real: it writes
// down who was rung for, because that is what the tests assert.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Job, JobQueue, Log, UserId, UserRole } from '@maildesk/core'
import {
  createApiToken,
  type Database,
  insertMailbox,
  insertUser,
  inTransaction,
  revokeApiToken,
  type UserRow,
} from '@maildesk/db'
import { createHtmlRenderer, isSendable, quoteHtml } from '@maildesk/mail'
import { createIdSource, seal, systemClock } from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { ApiDeps } from '../src/api-deps.ts'
import { buildApp } from '../src/build-app.ts'

export const actorNames = [
  'anonymous',
  'customer',
  'stranger',
  'provider',
  'admin',
  'revoked',
  'expired',
  'deactivated',
] as const
export type ActorName = (typeof actorNames)[number]

export interface Ask {
  readonly as?: ActorName
  readonly json?: unknown
  readonly payload?: InjectOptions['payload']
  readonly headers?: Record<string, string>
}

export type TestDesk = Awaited<ReturnType<typeof openTestDesk>>

/** Opens the API on `db` with one person of each kind, each with a token. `close` leaves nothing behind. */
export async function openTestDesk(db: Database, more: Partial<ApiDeps> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-api-test-'))
  const rung: Job[] = []
  const logged: { fields: object; message: string }[] = []
  const note = (fields: object, message: string) => void logged.push({ fields, message })
  const log: Log = { debug() {}, info() {}, warn: note, error: note }
  const jobs: JobQueue = {
    ring: async (job) => void rung.push(job),
    ringAll: async (all) => void rung.push(...all),
    countWaiting: async () => 0,
    probe: async () => undefined,
    close: async () => undefined,
  }
  const deps: ApiDeps = {
    db,
    blobs: await openBlobStore(pathToFileURL(join(folder, 'blobs')).href),
    jobs,
    clock: systemClock,
    ids: createIdSource(),
    log,
    settings: {
      tokenKeys: ['k'.repeat(32)],
      publicUrl: 'http://desk.example',
      maxMailBytes: 1_000_000,
      maxAttachmentBytes: 1000,
      attachmentTypes: ['text/*', 'image/*', 'application/pdf'],
      maxFileAttempts: 3,
      leaseMs: 30_000,
      sendGiveUpMs: 1000,
      uncertainWaitMs: 1000,
      maxUncertainResends: 2,
      uncertainReplies: 'resend',
      parentWaitMs: 1000,
      reopenDays: 14,
      floodTicketsPerHour: 30,
      suppression: {
        hardMs: 60 * 24 * 60 * 60_000,
        hardLimit: 3,
        hardWindowMs: 30 * 24 * 60 * 60_000,
        softLimit: 5,
        softFadeMs: 7 * 24 * 60 * 60_000,
        softMs: 7 * 24 * 60 * 60_000,
      },
      automaticCaps: {
        perRecipientPer10Minutes: 1,
        perRecipientPerDay: 5,
        perTicket: [{ max: 100, minutes: 10 }],
        sameWordsPerHour: 1,
        perDomainPerHour: 50,
        perHour: 500,
        unprovenPerHour: 200,
        notificationsPerHour: 2000,
        maxMailAgeMs: 1000,
      },
    },
    publicUrl: 'http://desk.example',
    trustProxy: false,
    rateLimitPerMinute: 100_000,
    cookieKey: 'c'.repeat(32),
    quoteHtml,
    isSendable,
    htmlRenderer: createHtmlRenderer(),
    health: {
      maxSecondsSincePoll: 300,
      probeTimeoutMs: 2000,
      reuseMs: 0,
      maxClockSkewMs: 5000,
      maxOverdueMs: 300_000,
    },
    seal: (plain, context) => seal(plain, context, ['k'.repeat(32)]),
    ...more,
  }
  const app = await buildApp(deps)
  const people = await addPeople(deps)
  const ask = (
    { as = 'anonymous', json, payload, headers = {} }: Ask,
    method: string,
    url: string,
  ): Promise<LightMyRequestResponse> => {
    const token = people.tokens[as]
    return app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined
        ? payload === undefined
          ? {}
          : { payload }
        : { payload: JSON.stringify(json) }),
    })
  }
  return {
    app,
    deps,
    rung,
    logged,
    folder,
    ...people,
    get: (url: string, more: Ask = {}) => ask(more, 'GET', url),
    post: (url: string, more: Ask = {}) => ask(more, 'POST', url),
    ask: (method: string, url: string, more: Ask = {}) => ask(more, method, url),
    async close() {
      await app.close()
      await deps.htmlRenderer.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function addPeople({ db, ids }: ApiDeps) {
  const roles: Record<Exclude<ActorName, 'anonymous'>, UserRole> = {
    customer: 'customer',
    stranger: 'customer',
    provider: 'provider',
    admin: 'admin',
    revoked: 'admin',
    expired: 'admin',
    deactivated: 'admin',
  }
  const users = {} as Record<ActorName, UserRow>
  const tokens: Partial<Record<ActorName, string>> = {}
  for (const [name, role] of Object.entries(roles) as [Exclude<ActorName, 'anonymous'>, UserRole][]) {
    await inTransaction(db, async (tx) => {
      const user = await insertUser(tx, {
        id: ids.uuid() as UserId,
        email: `${name}@example.org`,
        first_name: name,
        last_name: 'Person',
        role,
      })
      const expiresAt = name === 'expired' ? new Date(Date.now() - 1000) : null
      const { token, row } = await createApiToken(tx, {
        id: ids.uuid(),
        userId: user.id,
        name: 'test',
        expiresAt,
      })
      if (name === 'revoked') await revokeApiToken(tx, row.id)
      if (name === 'deactivated') await tx('users').where({ id: user.id }).update({ is_active: false })
      users[name] = user
      tokens[name] = token
    })
  }
  return { users, tokens }
}

/** A mailbox that answers can be sent from. */
export async function addMailbox({ db, ids }: Pick<ApiDeps, 'db' | 'ids'>, address = 'support@desk.example') {
  return inTransaction(db, (tx) =>
    insertMailbox(tx, {
      id: ids.uuid() as never,
      address,
      smtp_host: 'smtp.desk.example',
      smtp_port: 587,
      undo_seconds: 0,
      smtp_secret: 'sealed-canary',
      imap_secret: 'sealed-canary',
    }),
  )
}

/** A mail in the inbound ledger that waits for a person. */
export async function addQuarantinedEmail(
  { db, blobs, ids }: ApiDeps,
  raw = 'Subject: hello\r\n\r\nhello\r\n',
): Promise<string> {
  const blob = await blobs.put([Buffer.from(raw)])
  const id = ids.uuid()
  await db('inbound_emails').insert({
    id,
    arrived_by: 'ingest',
    raw_key: blob.key,
    raw_size: blob.size,
    received_at: db.fn.now(),
    subject: 'hello',
    status: 'quarantined',
    outcome: 'quarantined',
    reason: 'flood',
    decision: JSON.stringify({ decidedBy: 'quarantine-floods' }),
    finished_at: db.fn.now(),
  })
  return id
}

/** A multipart body (RFC 7578) of a ticket's id and one file. */
export function uploadBody(
  ticketId: string | undefined,
  file?: { name: string; type: string; bytes: string | Buffer },
  fieldname = 'file',
) {
  const boundary = 'mdk-boundary'
  const parts: Buffer[] = []
  const add = (head: string, body: string | Buffer) =>
    parts.push(Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n'))
  if (ticketId !== undefined) add('Content-Disposition: form-data; name="ticket_id"', ticketId)
  if (file)
    add(
      `Content-Disposition: form-data; name="${fieldname}"; filename="${file.name}"\r\nContent-Type: ${file.type}`,
      file.bytes,
    )
  parts.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    payload: Buffer.concat(parts),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}
