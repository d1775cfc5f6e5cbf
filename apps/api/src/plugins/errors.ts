// Errors → application/problem+json (RFC 9457). The only place that knows HTTP statuses of error codes.
import { type ErrorCode, errorTable, type FieldError, MaildeskError } from '@maildesk/core'
import { classifyPgError } from '@maildesk/db'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiApp } from '../api-app.ts'
import type { ApiDeps } from '../api-deps.ts'

/** What is not named here is a failure of ours: 500. */
const statusOfCode: Partial<Record<ErrorCode, number>> = {
  'request.invalid': 400,
  'request.unauthenticated': 401,
  'request.forbidden': 403,
  'request.not-found': 404,
  'request.conflict': 409,
  'request.stale': 412,
  'request.too-large': 413,
  'request.unsupported-type': 415,
  'request.key-reused': 422,
  'request.rate-limited': 429,
  'db.unavailable': 503,
  'db.conflict': 503,
  'blob.unavailable': 503,
  'queue.unavailable': 503,
}

/** When a caller of something that is away may come back, seconds. */
const retryAfterSeconds = 5

/** What Fastify and its plugins call their refusals, where the status alone does not say it. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  404: 'request.not-found',
  406: 'request.unsupported-type',
  413: 'request.too-large',
  415: 'request.unsupported-type',
  429: 'request.rate-limited',
}

interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail?: string
  readonly instance: string
  readonly errors?: readonly FieldError[]
}

/** Handles whatever a route throws, and routes that do not exist. */
export function addErrors(app: ApiApp, deps: ApiDeps): void {
  app.setErrorHandler((error, request, reply) => sendProblem(deps, request, reply, error))
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    sendProblem(
      deps,
      request,
      reply,
      new MaildeskError('request.not-found', `there is no ${request.method} ${pathOf(request)}`),
    ),
  )
}

/** Answers with what went wrong. Failures of ours are logged here, once; their text is not shown. */
export function sendProblem(
  { log }: Pick<ApiDeps, 'log'>,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): FastifyReply {
  const error = ourError(thrown)
  const problem = describeProblem(error, request.id)
  if (problem.status >= 500) {
    log.error(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        code: error.code,
        err: thrown,
      },
      'request failed',
    )
  }
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.status === 503) reply.header('retry-after', retryAfterSeconds)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem)
}

/** The error as a problem document. Pure. */
function describeProblem(error: MaildeskError, requestId: string): Problem {
  const status = statusOfCode[error.code] ?? 500
  const errors = error.fields.errors as readonly FieldError[] | undefined
  return {
    type: `urn:maildesk:problem:${error.code}`,
    title: errorTable[error.code].meaning,
    status,
    code: error.code,
    ...(status < 500 ? { detail: error.message } : {}),
    instance: `urn:uuid:${requestId}`,
    ...(errors ? { errors } : {}),
  }
}

function ourError(thrown: unknown): MaildeskError {
  const error = classifyPgError(thrown)
  if (error instanceof MaildeskError) return error
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new MaildeskError(
      codeOfStatus[statusCode] ?? 'request.invalid',
      message ?? 'the request cannot be read',
      {},
      { cause: thrown },
    )
  }
  return new MaildeskError('internal.unexpected', 'an error without a name', {}, { cause: thrown })
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? url
}
