// BullMQ's PostgreSQL backend with three holes closed (6.7.0), each an 'error' event that nobody hears and that ends the
// process. It listens to its LISTEN client only after the connect was awaited, when the server may have said goodbye in
// the same breath; when it closes, it takes every listener from that client and only then ends it; and nobody listens to
// a connection of its pool that is in use and between two statements.
import { createPostgresBackend } from 'bullmq'
import pg from 'pg'

/** To be given to BullMQ's classes in place of its own factory. */
export const createGuardedPostgresBackend: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more)
  const connection = backend.connection as unknown as {
    readonly pool: pg.Pool
    pgModule: Pick<typeof pg, 'Client'>
  }
  connection.pool.on('connect', (client) => client.on('error', () => undefined)) // told by the next statement
  connection.pgModule = { Client: HeardClient }
  return backend
}

/** A client whose errors are heard from its first byte to its last; who else listens hears them too. */
class HeardClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.on('error', () => undefined) // told by the next statement, and by the end of the connection
  }

  /** Listeners of one event may still be taken away, all at once no more: whatever hears errors must stay. */
  override removeAllListeners(event?: string | symbol): this {
    return event === undefined ? this : super.removeAllListeners(event)
  }
}
