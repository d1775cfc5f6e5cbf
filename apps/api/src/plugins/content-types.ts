// Which bodies are read. Strict about the field's form: a parser that guesses is a way around the schema.
import { MaildeskError } from '@maildesk/core'
import type { FastifyRequest } from 'fastify'
import type { ApiApp, Consumes } from '../api-app.ts'

const formOf: Readonly<Record<Consumes, RegExp>> = {
  json: /^application\/json(; ?charset=(utf-8|UTF-8))?$/,
  multipart: /^multipart\/form-data; ?boundary=[^\s;]+$/,
  form: /^application\/x-www-form-urlencoded(; ?charset=(utf-8|UTF-8))?$/,
}
const nameOf: Readonly<Record<Consumes, string>> = {
  json: 'application/json',
  multipart: 'multipart/form-data',
  form: 'application/x-www-form-urlencoded',
}

/** Refuses a body of another type than the route takes, before it is parsed. */
export function addContentTypes(app: ApiApp): void {
  app.removeContentTypeParser('text/plain')
  app.addHook('preParsing', async (request) => {
    if (request.is404 || !hasBody(request)) return
    const consumes = request.routeOptions.config.consumes ?? 'json'
    if (!formOf[consumes].test(request.headers['content-type'] ?? '')) {
      throw new MaildeskError('request.unsupported-type', `send the body as ${nameOf[consumes]}`)
    }
  })
}

/** RFC 9112 §6: a body is announced by one of these fields. */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
