import type { FastifyRequest } from 'fastify'
import { isStaff } from './api-app.ts'

/** Staff, and callers on this machine. A proxy on it speaks for somebody else: what it forwards is not local. */
export function maySeeDetails(request: FastifyRequest): boolean {
  if (request.actor && isStaff(request.actor)) return true
  const isForwarded =
    request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
  return !isForwarded && /^(127\.|::1$|::ffff:127\.)/.test(request.ip)
}
