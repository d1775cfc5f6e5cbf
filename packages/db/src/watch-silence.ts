// A server that is gone without a word: a failed-over host, a forgotten NAT entry. TCP alone takes a quarter of an hour
// to notice, and node-postgres waits with it.
import type { Socket } from 'node:net'

/** The part of node-postgres's client that tells. */
interface WatchedClient {
  /** False while a statement is open. */
  readonly readyForQuery: boolean
  readonly connection: { readonly stream: Socket }
}

/** Ends the connection when a statement is open and nothing was heard for `silenceMs`; an idle one may be silent. */
export function watchSilence<Client extends WatchedClient>(client: Client, silenceMs: number): Client {
  const { stream } = client.connection
  stream.setTimeout(silenceMs)
  stream.on('timeout', () => {
    if (client.readyForQuery) return
    const error = new Error(`the database was silent for ${silenceMs} ms`)
    stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }))
  })
  return client
}
