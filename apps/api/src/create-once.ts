// A POST that creates: one transaction for the effect and for the answer kept under its Idempotency-Key, then the doorbells.

import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { invalidFields, type Job, MaildeskError } from '@maildesk/core'
import {
  claimIdempotencyKey,
  type IdempotencyKey,
  inTransaction,
  keepAnswer,
  type Transaction,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import { ringQuietly } from '@maildesk/flows'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from './api-app.ts'
import type { ApiDeps } from './api-deps.ts'

/** How long an answer waits for the queue at most, milliseconds; the sweeper rings for what was not rung. */
const maxRingMs = 500
/** Printable ASCII, as long as the column. */
const keyPattern = /^[\x21-\x7e]{1,255}$/

export interface Created<Body> {
  readonly body: Body
  /** Where the new thing is found. */
  readonly location: string
  readonly rings?: readonly Job[]
}

/**
 * Runs `work` once per Idempotency-Key of a caller. `request.body` is part of what makes the request the same;
 * `fingerprint` stands for it where the body was a stream.
 * @throws MaildeskError request.invalid (a key that cannot be kept), request.key-reused, and what `work` throws.
 */
export async function createOnce<Body>(
  deps: ApiDeps,
  request: FastifyRequest,
  work: (tx: Transaction) => Promise<Created<Body>>,
  fingerprint: unknown = request.body,
): Promise<Created<Body>> {
  const key = keyOf(request, fingerprint)
  const created = await inTransaction(deps.db, async (tx) => {
    if (!key) return work(tx)
    const claim = await claimIdempotencyKey(tx, key)
    if (claim.kind === 'answered') return claim.answer as Created<Body>
    if (claim.kind === 'reused')
      throw new MaildeskError('request.key-reused', `Idempotency-Key ${key.key} was used for another request`)
    const fresh = await work(tx)
    await keepAnswer(tx, key, { body: fresh.body, location: fresh.location })
    return fresh
  })
  await failpoint('post.committed')
  if (created.rings)
    await Promise.race([ringQuietly(deps, created.rings), delay(maxRingMs, undefined, { ref: false })])
  await failpoint('post.rung')
  return created
}

/** Answers 201 with the thing and where it is. */
export function sendCreated<Body>(reply: FastifyReply, { body, location }: Created<Body>): Body {
  reply.code(201).header('location', location)
  return body
}

function keyOf(request: FastifyRequest, fingerprint: unknown): IdempotencyKey | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !keyPattern.test(key)) {
    throw invalidFields({
      field: 'Idempotency-Key',
      message: 'must be 1 to 255 printable ASCII characters without spaces',
    })
  }
  const identity = JSON.stringify([request.method, request.url, fingerprint])
  return {
    userId: actorOf(request).userId,
    key,
    requestSha256: createHash('sha256').update(identity).digest('hex'),
  }
}
