/* One IMAP connection: reads commands in order, runs each, answers. */

import type { Socket } from 'node:net'
import { IMAP_SILENCE_MS, MAX_BAD_COMMANDS, MAX_STRING_LITERAL_BYTES, STOP_PATIENCE_MS } from '../limits.ts'
import { CommandReader, type RawCommand, type TooBig } from './command-reader.ts'
import { commandTable } from './commands/command-table.ts'
import { CAPABILITIES } from './commands/connection-commands.ts'
import { Refusal, StreamProblem, SyntaxProblem } from './refusals.ts'
import { type ImapContext, Session } from './session.ts'
import { type Command, parseCommand, tagOf } from './tokens.ts'

const APPEND_LINE = /^\S+ APPEND /i

/** Serves until the client leaves, falls silent or cannot be understood. Never rejects. */
export async function serveConnection(socket: Socket, context: ImapContext): Promise<void> {
  socket.setNoDelay(true)
  socket.setTimeout(IMAP_SILENCE_MS, () => socket.destroy())
  const reader: CommandReader = new CommandReader(socket, {
    invite: () => session.invite('Go on'),
    maxLiteralBytes: (line) =>
      session.account && APPEND_LINE.test(line) ? context.maxMailBytes : MAX_STRING_LITERAL_BYTES,
  })
  const session = new Session(context, socket, reader)
  session.send(`OK [CAPABILITY ${CAPABILITIES}] maildesk sandbox ready`)
  try {
    await converse(session)
  } catch (error) {
    if (error instanceof StreamProblem) session.send(`BYE ${error.message}`)
    else if (!isDisconnect(error)) {
      context.log.error({ error: String(error) }, 'sandbox IMAP connection failed')
      session.send('BYE Internal error')
    }
  } finally {
    socket.end()
    // A client that does not hang up in turn is cut off by the same timer.
    socket.setTimeout(STOP_PATIENCE_MS)
  }
}

async function converse(session: Session): Promise<void> {
  let badInARow = 0
  while (!session.ended) {
    const raw = await session.reader.readCommand()
    if (raw === undefined) return
    const understood = await answerCommand(session, raw)
    badInARow = understood ? 0 : badInARow + 1
    if (badInARow >= MAX_BAD_COMMANDS) throw new StreamProblem('Too many malformed commands')
  }
}

/** False when the answer was BAD. */
async function answerCommand(session: Session, raw: RawCommand | TooBig): Promise<boolean> {
  if ('refused' in raw) {
    session.answer(tagOf(raw.refused), 'NO [TOOBIG] Literal too large')
    return true
  }
  const tag = tagOf(raw[0] as string)
  try {
    const command = parseCommand(raw)
    const text = await runCommand(session, command)
    session.answer(tag, `OK ${text}`)
    return true
  } catch (error) {
    if (error instanceof SyntaxProblem) {
      session.answer(tag, `BAD ${error.message.replace(/[^\x20-\x7e]/g, '?')}`)
      return false
    }
    if (error instanceof StreamProblem || isDisconnect(error)) throw error
    session.answer(tag, refusalText(session, error))
    return true
  }
}

async function runCommand(session: Session, { name, args }: Command): Promise<string> {
  const entry = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined
  if (!entry) throw new SyntaxProblem('Unknown command')
  if (entry.needs !== 'nothing' && !session.account) throw new SyntaxProblem('Log in first')
  if (entry.needs === 'folder' && !session.selection) throw new SyntaxProblem('Select a folder first')
  const text = await entry.run(session, args)
  session.tellChanges({ removals: entry.usesNumbers !== true })
  return text
}

function refusalText(session: Session, error: unknown): string {
  if (error instanceof Refusal) {
    return `NO ${error.code ? `[${error.code}] ` : ''}${error.message.replace(/[^\x20-\x7e]/g, '?')}`
  }
  session.context.log.error({ error: String(error) }, 'sandbox IMAP command failed')
  return 'NO [SERVERBUG] Internal error, see the log of maildesk'
}

function isDisconnect(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}
