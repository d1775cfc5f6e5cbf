// ETags of tickets (RFC 9110 §8.8.3, §13.1.1).
import type { TicketRow } from '@maildesk/db'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The ETag that was read; 412 when the ticket changed since.' }),
  ),
})

/** The versions that If-Match allows; undefined when any will do. Weak and foreign tags match nothing (strong comparison). Pure. */
export function versionsOf({ headers }: Pick<FastifyRequest, 'headers'>): number[] | undefined {
  const field = headers['if-match']?.trim()
  if (field === undefined || field === '*') return undefined
  return field.split(',').flatMap((tag) => {
    const version = /^"(\d{1,9})"$/.exec(tag.trim())?.[1]
    return version ? [Number(version)] : []
  })
}

export function setEtag(reply: FastifyReply, { version }: Pick<TicketRow, 'version'>): void {
  reply.header('etag', `"${version}"`)
}
