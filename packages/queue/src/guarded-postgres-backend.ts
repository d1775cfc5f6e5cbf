// BullMQ's PostgreSQL backend with two holes closed (6.7.0), each an 'error' event that nobody hears and that ends the
// process. When it closes, it takes every listener from its LISTEN client and only then ends it; and nobody listens to a
// connection of its pool that is in use and between two statements when the server says goodbye.
import { createPostgresBackend, type PostgresConnection } from 'bullmq'
import type pg from 'pg'

type ListenClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>

/** To be given to BullMQ's classes in place of its own factory. */
export const createGuardedPostgresBackend: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more)
  const { connection } = backend
  const { pool } = connection as unknown as { readonly pool: pg.Pool }
  pool.on('connect', (client) => client.on('error', () => undefined)) // told by the next statement
  const open = connection.getListenClient.bind(connection)
  connection.getListenClient = async () => keepHearing(await open())
  return backend
}

/** Listeners of one event may still be taken away, all at once no more: whatever hears errors must stay. */
function keepHearing(client: ListenClient): ListenClient {
  const emitter = client as unknown as NodeJS.EventEmitter
  const removeAll = emitter.removeAllListeners.bind(emitter)
  emitter.removeAllListeners = (event) => (event === undefined ? emitter : removeAll(event))
  return client
}
