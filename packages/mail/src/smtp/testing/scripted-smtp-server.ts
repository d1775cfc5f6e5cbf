// An SMTP server that follows a script, for tests: what it answers to each command, and where it hangs up.
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** The answer to a command; `null` hangs up at once, `undefined` says nothing for ever. */
type Answer = string | null | undefined

export interface Script {
  readonly greeting?: Answer
  readonly ehlo?: Answer
  readonly starttls?: Answer
  readonly auth?: Answer
  readonly mail?: Answer
  /** By recipient; 250 for those not named. */
  readonly rcpt?: Readonly<Record<string, Answer>>
  readonly data?: Answer
  /** Called before DATA is answered. */
  readonly beforeData?: () => Promise<void>
  readonly endOfData?: Answer
  /** Hang up as soon as so many bytes of the body have come. */
  readonly hangUpAfterBytes?: number
}

export interface ScriptedSmtpServer {
  readonly port: number
  /** Commands in the order they came, bodies left out. */
  readonly commands: string[]
  /** Whole bodies, each ended by its dot. */
  readonly bodies: string[]
  /** Everything that came after an answer to DATA. */
  readonly bodyBytes: () => number
  close(): Promise<void>
}

export async function startScriptedSmtpServer(script: Script): Promise<ScriptedSmtpServer> {
  const commands: string[] = []
  const bodies: string[] = []
  const sockets = new Set<Socket>()
  let bodyBytes = 0

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let input = ''
    let inBody = false
    const say = (answer: Answer) => {
      if (answer === null) socket.destroy()
      else if (answer !== undefined) socket.write(`${answer}\r\n`)
    }
    const obey = async (line: string) => {
      commands.push(line)
      const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? ''
      if (verb === 'EHLO')
        say('ehlo' in script ? script.ehlo : '250-test\r\n250-AUTH PLAIN\r\n250 SIZE 100000')
      else if (verb === 'STARTTLS') say('starttls' in script ? script.starttls : '250 ok')
      else if (verb === 'AUTH') say('auth' in script ? script.auth : '235 ok')
      else if (verb === 'MAIL') say('mail' in script ? script.mail : '250 ok')
      else if (verb === 'RCPT') {
        const address = /<(.*)>/.exec(line)?.[1] ?? ''
        say(script.rcpt && address in script.rcpt ? script.rcpt[address] : '250 ok')
      } else if (verb === 'DATA') {
        await script.beforeData?.()
        const answer = 'data' in script ? script.data : '354 go on'
        inBody = answer?.startsWith('354') ?? false
        say(answer)
      } else say(verb === 'QUIT' ? '221 bye' : '250 ok')
    }
    const takeBody = () => {
      if (script.hangUpAfterBytes !== undefined && bodyBytes >= script.hangUpAfterBytes)
        return socket.destroy()
      const end = input.indexOf('\r\n.\r\n')
      if (end < 0) return
      bodies.push(input.slice(0, end))
      input = input.slice(end + 5)
      inBody = false
      say('endOfData' in script ? script.endOfData : '250 2.0.0 queued as 1')
    }
    let busy = Promise.resolve()
    socket.on('data', (chunk) => {
      busy = busy.then(async () => {
        input += chunk.toString('latin1')
        if (inBody) {
          bodyBytes += chunk.length
          takeBody()
        }
        while (!inBody && input.includes('\r\n')) {
          const line = input.slice(0, input.indexOf('\r\n'))
          input = input.slice(line.length + 2)
          await obey(line)
        }
      })
    })
    say('greeting' in script ? script.greeting : '220 test ESMTP')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    bodies,
    bodyBytes: () => bodyBytes,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
