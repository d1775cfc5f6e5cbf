/* Who is there, and what the server can do. */

import { Refusal, SyntaxProblem } from '../refusals.ts'
import type { Session } from '../session.ts'
import { atomOf, type Token, textOf } from '../tokens.ts'

export const CAPABILITIES =
  'IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN ID NAMESPACE CHILDREN UIDPLUS MOVE UNSELECT IDLE'

export function capability(session: Session): string {
  session.send(`CAPABILITY ${CAPABILITIES}`)
  return 'CAPABILITY completed'
}

export function id(session: Session): string {
  session.send('ID ("name" "maildesk sandbox")')
  return 'ID completed'
}

export function noop(): string {
  return 'Done'
}

export function logout(session: Session): string {
  session.send('BYE See you')
  session.ended = true
  return 'LOGOUT completed'
}

export async function login(session: Session, [user, password]: readonly Token[]): Promise<string> {
  return enter(session, textOf(user, 'Address'), textOf(password, 'Password'))
}

/** PLAIN only (RFC 4616), with or without an initial response (RFC 4959). */
export async function authenticate(
  session: Session,
  [mechanism, initial]: readonly Token[],
): Promise<string> {
  if (atomOf(mechanism, 'Mechanism').toUpperCase() !== 'PLAIN')
    throw new Refusal('Only PLAIN is known here', 'CANNOT')
  let response = initial && textOf(initial, 'Initial response')
  if (response === undefined) {
    session.invite('')
    response = await session.reader.readLine()
  }
  if (response === undefined || response === '*') throw new SyntaxProblem('Authentication cancelled')
  const parts = Buffer.from(response, 'base64').toString('utf8').split('\0')
  if (parts.length !== 3) throw new SyntaxProblem('PLAIN wants three parts between zero bytes')
  return enter(session, parts[1] as string, parts[2] as string)
}

async function enter(session: Session, address: string, password: string): Promise<string> {
  if (session.account) throw new Refusal('Already logged in')
  if (!session.context.mayLogIn(address, password)) {
    throw new Refusal('Wrong address or password', 'AUTHENTICATIONFAILED')
  }
  session.account = await session.context.store.account(address)
  return `[CAPABILITY ${CAPABILITIES}] Logged in`
}
