/* Mails in, out and elsewhere: APPEND, COPY, MOVE, EXPUNGE, with the UIDs they got (RFC 4315, RFC 6851). */

import type { Folder } from '../../store/folder.ts'
import { parseDateTime } from '../dates.ts'
import { SyntaxProblem } from '../refusals.ts'
import { formatSequenceSet, parseSequenceSet } from '../sequence-set.ts'
import type { Session } from '../session.ts'
import { atomOf, type Token } from '../tokens.ts'
import { flagsOf } from './flag-commands.ts'
import { findFolder, folderNameOf } from './folder-commands.ts'

export async function append(session: Session, [name, ...rest]: readonly Token[]): Promise<string> {
  const folder = findFolder(session, folderNameOf(name), 'TRYCREATE')
  const raw = rest.at(-1)
  const before = rest.slice(0, -1)
  const flags = before[0]?.kind === 'list' ? flagsOf(before[0].items) : []
  const date = before.find((token) => token.kind === 'string')
  if (raw?.kind !== 'string') throw new SyntaxProblem('APPEND wants the mail as a literal')
  const uid = await folder.add(
    raw.bytes,
    date ? parseDateTime(date.bytes.toString('latin1')) : new Date(),
    flags,
  )
  return `[APPENDUID ${folder.uidValidity} ${uid}] APPEND completed`
}

export async function copy(session: Session, args: readonly Token[]): Promise<string> {
  return `${(await transfer(session, args, false)).code} COPY completed`
}

export async function uidCopy(session: Session, args: readonly Token[]): Promise<string> {
  return `${(await transfer(session, args, true)).code} COPY completed`
}

export async function move(session: Session, args: readonly Token[]): Promise<string> {
  return moveAway(session, args, false)
}

export async function uidMove(session: Session, args: readonly Token[]): Promise<string> {
  return moveAway(session, args, true)
}

export async function expunge(session: Session): Promise<string> {
  return removeDeleted(session, () => true)
}

export async function uidExpunge(session: Session, [set]: readonly Token[]): Promise<string> {
  return removeDeleted(
    session,
    parseSequenceSet(atomOf(set, 'Set of UIDs'), session.selected.uids.at(-1) ?? 0),
  )
}

/** There twice rather than nowhere: the original goes when the copy is on disk. */
async function moveAway(session: Session, args: readonly Token[], byUid: boolean): Promise<string> {
  const { folder } = session.writable
  const { uids, code } = await transfer(session, args, byUid)
  session.send(`OK ${code} Moved`)
  await folder.remove(new Set(uids))
  session.tellChanges({ removals: true })
  return 'MOVE completed'
}

async function transfer(session: Session, [set, name]: readonly Token[], byUid: boolean) {
  const source = session.selected.folder
  const target: Folder = findFolder(session, folderNameOf(name), 'TRYCREATE')
  const uids: number[] = []
  const copies: number[] = []
  for (const { mail } of session.mailsIn(atomOf(set, 'Set of mails'), byUid)) {
    const copied = await target.addFrom(source, mail.uid)
    if (copied === undefined) continue
    uids.push(mail.uid)
    copies.push(copied)
  }
  const pairs = `${formatSequenceSet(uids)} ${formatSequenceSet(copies)}`
  return { uids, code: uids.length > 0 ? `[COPYUID ${target.uidValidity} ${pairs}]` : 'Nothing there:' }
}

async function removeDeleted(session: Session, isMeant: (uid: number) => boolean): Promise<string> {
  const { folder } = session.writable
  const deleted = folder.mails.filter((mail) => mail.flags.has('\\Deleted') && isMeant(mail.uid))
  await folder.remove(new Set(deleted.map((mail) => mail.uid)))
  session.tellChanges({ removals: true })
  return 'EXPUNGE completed'
}
