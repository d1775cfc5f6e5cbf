// BullMQ's PostgreSQL backend with one hole closed (6.7.0): when it closes, it takes every listener from its LISTEN
// client and only then ends it. A server that says goodbye in between makes an 'error' event that nobody hears, and that
// ends the process.
import { createPostgresBackend, type PostgresConnection } from 'bullmq'

type ListenClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>

/** To be given to BullMQ's classes in place of its own factory. */
export const createGuardedPostgresBackend: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more)
  const { connection } = backend
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
