/* A TCP proxy between a client and a server of a test, for breaking what lies between them. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type ProxyDirection = 'to-server' | 'to-client'

export interface TcpProxy {
  readonly port: number
  /** How many connections are open now. */
  connectionCount(): number
  /** Resets every open connection; new ones are taken. */
  cut(): void
  /** Holds all bytes back, losing none, until `resume`: a network that stands still. */
  pause(): void
  resume(): void
  /**
   * While on, takes connections and swallows every byte: a peer that is silently gone. Turning it off resets the
   * connections it swallowed for, since their bytes are lost.
   */
  blackhole(on: boolean): void
  /** Once: lets exactly `bytes` more pass in that direction, all connections together, then closes the one that sent them. */
  cutAfterBytes(direction: ProxyDirection, bytes: number): void
  /**
   * Once: passes the next bytes to the server in which `pattern` is found, keeps what the server says to it from the
   * client and resets that connection: done, and nobody knows. Only what comes in one piece is looked through.
   */
  swallowNextAnswerTo(pattern: RegExp): Swallowing
  /** Resets every connection and stops listening. */
  stop(): Promise<void>
}

export interface Swallowing {
  /** True once an answer was swallowed. */
  isDone(): boolean
  /** Lets the next answer pass after all. */
  cancel(): void
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  hasLostBytes: boolean
  /** Its next bytes to the client are kept back and end it. */
  isSwallowing: (() => void) | undefined
}

export interface TcpProxyOptions {
  readonly targetPort: number
  /** Where to listen; a free port unless told. */
  readonly port?: number
}

/** Starts a proxy on 127.0.0.1 for a server on 127.0.0.1. */
export async function startTcpProxy({ targetPort, port = 0 }: TcpProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  const bytesLeft: Record<ProxyDirection, number> = { 'to-server': Infinity, 'to-client': Infinity }
  let isPaused = false
  let isBlackhole = false
  let awaited: { readonly pattern: RegExp; onAnswer(): void } | undefined

  /** True when these bytes are kept from the client. */
  function swallows(pair: Pair, direction: ProxyDirection, chunk: Buffer): boolean {
    if (direction === 'to-client') {
      if (!pair.isSwallowing) return false
      pair.isSwallowing()
      reset(pair)
      return true
    }
    if (awaited && chunk.toString('latin1').search(awaited.pattern) >= 0) {
      pair.isSwallowing = awaited.onAnswer
      awaited = undefined
    }
    return false
  }

  function forward(pair: Pair, direction: ProxyDirection) {
    const [source, target] =
      direction === 'to-server' ? [pair.client, pair.server] : [pair.server, pair.client]
    source.on('data', (chunk: Buffer) => {
      if (isBlackhole) {
        pair.hasLostBytes = true
        return
      }
      if (swallows(pair, direction, chunk)) return
      if (chunk.length >= bytesLeft[direction]) {
        const last = chunk.subarray(0, bytesLeft[direction])
        bytesLeft[direction] = Infinity
        source.pause()
        target.end(last, () => close(pair))
        return
      }
      bytesLeft[direction] -= chunk.length
      if (!target.write(chunk)) source.pause()
    })
    target.on('drain', () => !isPaused && source.resume())
    source.on('end', () => (isBlackhole ? undefined : target.end()))
    // A broken side breaks the other; which error it was does not matter to either.
    source.on('error', () => reset(pair))
    source.on('close', (hadError) => {
      if (hadError || source.readableAborted) reset(pair)
      if (pair.client.destroyed && pair.server.destroyed) pairs.delete(pair)
    })
  }

  function close({ client, server }: Pair) {
    client.destroy()
    server.destroy()
  }

  function reset({ client, server }: Pair) {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }

  function holdBack({ client, server }: Pair) {
    client.pause()
    server.pause()
  }

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    for (const socket of [client, server]) socket.setNoDelay(true)
    const pair: Pair = { client, server, hasLostBytes: isBlackhole, isSwallowing: undefined }
    pairs.add(pair)
    forward(pair, 'to-server')
    forward(pair, 'to-client')
    if (isPaused) holdBack(pair)
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(port, '127.0.0.1', resolve)
  })

  function cut() {
    for (const pair of pairs) reset(pair)
  }

  return {
    port: (listener.address() as AddressInfo).port,
    connectionCount: () => pairs.size,
    cut,
    pause() {
      isPaused = true
      pairs.forEach(holdBack)
    },
    resume() {
      isPaused = false
      for (const { client, server } of pairs) {
        client.resume()
        server.resume()
      }
    },
    blackhole(on) {
      isBlackhole = on
      if (on) return
      for (const pair of pairs) if (pair.hasLostBytes) reset(pair)
    },
    cutAfterBytes(direction, bytes) {
      bytesLeft[direction] = bytes
    },
    swallowNextAnswerTo(pattern) {
      let done = false
      const mine = {
        pattern,
        onAnswer: () => {
          done = true
        },
      }
      awaited = mine
      return {
        isDone: () => done,
        cancel: () => {
          if (awaited === mine) awaited = undefined
        },
      }
    },
    async stop() {
      cut()
      if (listener.listening) await new Promise((resolve) => listener.close(resolve))
    },
  }
}
