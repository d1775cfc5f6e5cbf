/* STORE: flags of mails. */

import { Refusal, SyntaxProblem } from '../refusals.ts'
import type { Session } from '../session.ts'
import { atomOf, itemsOf, type Token } from '../tokens.ts'

const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']
const KEYWORD = /^[!#$&'+-Z[^-z|}~]{1,100}$/
/** Flags on one mail. */
const MAX_FLAGS = 50
const ACTION = /^([+-]?)FLAGS(\.SILENT)?$/i

export function store(session: Session, args: readonly Token[]): string {
  return storeFlags(session, args, false)
}

export function uidStore(session: Session, args: readonly Token[]): string {
  return storeFlags(session, args, true)
}

/** Flags in their usual spelling. @throws SyntaxProblem @throws Refusal when there are too many. */
export function flagsOf(tokens: readonly Token[]): string[] {
  if (tokens.length > MAX_FLAGS) throw new Refusal(`More than ${MAX_FLAGS} flags`, 'LIMIT')
  return tokens.map((token) => {
    const flag = atomOf(token, 'Flag')
    const system = SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase())
    if (!system && !KEYWORD.test(flag)) throw new SyntaxProblem('Not a flag that can be set')
    return system ?? flag
  })
}

function storeFlags(session: Session, [set, action, ...rest]: readonly Token[], byUid: boolean): string {
  const selection = session.writable
  const [, sign, silent] = ACTION.exec(atomOf(action, 'Action')) ?? []
  if (sign === undefined) throw new SyntaxProblem('FLAGS, +FLAGS or -FLAGS?')
  const flags = flagsOf(
    rest[0]?.kind === 'list' ? rest[0].items : rest.length > 0 ? rest : itemsOf(undefined, 'Flags'),
  )
  // Others' changes first, so that the jump of the revision below is ours alone.
  session.tellChanges({ removals: false })
  for (const { number, mail } of session.mailsIn(atomOf(set, 'Set of mails'), byUid)) {
    const changed = combine(mail.flags, sign, flags)
    if (changed.size > MAX_FLAGS) throw new Refusal(`More than ${MAX_FLAGS} flags`, 'LIMIT')
    selection.folder.setFlags(mail.uid, changed)
    if (!silent)
      session.send(`${number} FETCH (${byUid ? `UID ${mail.uid} ` : ''}FLAGS (${[...changed].join(' ')}))`)
  }
  selection.revision = selection.folder.revision
  return 'STORE completed'
}

function combine(present: ReadonlySet<string>, sign: string, flags: readonly string[]): Set<string> {
  if (sign === '+') return new Set([...present, ...flags])
  if (sign === '-') return new Set([...present].filter((flag) => !flags.includes(flag)))
  return new Set(flags)
}
