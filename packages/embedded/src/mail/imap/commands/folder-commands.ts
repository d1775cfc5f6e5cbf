/* Folders: list, create, open, close. */

import { MAX_NAME_BYTES } from '../../limits.ts'
import type { Folder } from '../../store/folder.ts'
import { Refusal, SyntaxProblem } from '../refusals.ts'
import type { Session } from '../session.ts'
import { atomOf, itemsOf, quote, type Token, textOf } from '../tokens.ts'

const DELIMITER = '/'
const SYSTEM_FLAGS = '\\Answered \\Flagged \\Deleted \\Seen \\Draft'
const UNUSABLE_NAME = /[^ -~]|[%*]|^\/|\/$|\/\//

/** INBOX is INBOX in any case (RFC 9051 section 5.1). */
export function folderNameOf(token: Token | undefined): string {
  const name = textOf(token, 'Folder name')
  return name.toUpperCase() === 'INBOX' ? 'INBOX' : name
}

/** @throws Refusal; for a copy's or append's target it tells the client that CREATE would help. */
export function findFolder(session: Session, name: string, code = 'NONEXISTENT'): Folder {
  const folder = session.loggedIn.find(name)
  if (!folder) throw new Refusal('No such folder', code)
  return folder
}

export function namespace(session: Session): string {
  session.send(`NAMESPACE (("" "${DELIMITER}")) NIL NIL`)
  return 'NAMESPACE completed'
}

export function list(session: Session, args: readonly Token[]): string {
  return listAs('LIST', session, args)
}

/** Every folder counts as subscribed. */
export function lsub(session: Session, args: readonly Token[]): string {
  return listAs('LSUB', session, args)
}

export function subscribe(session: Session, [name]: readonly Token[]): string {
  findFolder(session, folderNameOf(name))
  return 'Every folder is subscribed'
}

function listAs(response: 'LIST' | 'LSUB', session: Session, [reference, pattern]: readonly Token[]): string {
  const prefix = textOf(reference, 'Reference')
  const wanted = textOf(pattern, 'Pattern')
  if (wanted === '') session.send(`${response} (\\Noselect) "${DELIMITER}" ""`)
  const matches = wanted === '' ? undefined : patternMatcher(prefix + wanted)
  const { names } = session.loggedIn
  for (const name of names) {
    if (!matches?.(name)) continue
    const parent = names.some((other) => other.startsWith(name + DELIMITER))
    session.send(
      `${response} (${parent ? '\\HasChildren' : '\\HasNoChildren'}) "${DELIMITER}" ${quote(name)}`,
    )
  }
  return `${response} completed`
}

/** `*` is anything, `%` is anything within one level. Compared by hand: a regular expression could be made to crawl. */
function patternMatcher(pattern: string): (name: string) => boolean {
  const collapsed = pattern.replace(/[*%]+/g, (run) => (run.includes('*') ? '*' : '%'))
  return (name) => {
    // Positions in the pattern that the part of the name read so far can have led to.
    let reached = withSkips(new Set([0]), collapsed)
    for (const character of name) {
      const next = new Set<number>()
      for (const at of reached) {
        const wanted = collapsed[at]
        if (wanted === '*' || (wanted === '%' && character !== DELIMITER)) next.add(at)
        else if (wanted === character || sameInInbox(name, wanted, character)) next.add(at + 1)
      }
      reached = withSkips(next, collapsed)
    }
    return reached.has(collapsed.length)
  }
}

function withSkips(positions: Set<number>, pattern: string): Set<number> {
  for (const at of positions) if (pattern[at] === '*' || pattern[at] === '%') positions.add(at + 1)
  return positions
}

function sameInInbox(name: string, wanted: string | undefined, character: string): boolean {
  return name === 'INBOX' && wanted?.toUpperCase() === character
}

export async function createFolder(session: Session, [token]: readonly Token[]): Promise<string> {
  const name = folderNameOf(token).replace(/\/$/, '')
  if (name === '' || UNUSABLE_NAME.test(name) || encodeURIComponent(name).length > MAX_NAME_BYTES) {
    throw new Refusal('Not a usable folder name', 'CANNOT')
  }
  if (session.loggedIn.find(name)) throw new Refusal('There is such a folder', 'ALREADYEXISTS')
  await session.loggedIn.create(name)
  return 'CREATE completed'
}

export function status(session: Session, [token, wanted]: readonly Token[]): string {
  const name = folderNameOf(token)
  const folder = findFolder(session, name)
  const values = itemsOf(wanted, 'Status items').map((item) => {
    const key = atomOf(item, 'Status item').toUpperCase()
    return `${key} ${statusValue(folder, key)}`
  })
  session.send(`STATUS ${quote(name)} (${values.join(' ')})`)
  return 'STATUS completed'
}

function statusValue(folder: Folder, key: string): number {
  switch (key) {
    case 'MESSAGES':
      return folder.mails.length
    case 'RECENT':
      return 0
    case 'UIDNEXT':
      return folder.uidNext
    case 'UIDVALIDITY':
      return folder.uidValidity
    case 'UNSEEN':
      return folder.mails.filter((mail) => !mail.flags.has('\\Seen')).length
    case 'SIZE':
      return folder.mails.reduce((sum, mail) => sum + mail.size, 0)
    default:
      throw new SyntaxProblem(`Unknown status item ${key}`)
  }
}

export function select(session: Session, args: readonly Token[]): string {
  return open(session, args, false)
}

export function examine(session: Session, args: readonly Token[]): string {
  return open(session, args, true)
}

function open(session: Session, [name]: readonly Token[], readOnly: boolean): string {
  // A failed SELECT leaves no folder open (RFC 9051 section 6.3.2).
  session.selection = undefined
  const folder = findFolder(session, folderNameOf(name))
  const uids = folder.mails.map((mail) => mail.uid)
  session.selection = { folder, readOnly, uids, revision: folder.revision }
  session.send(`FLAGS (${SYSTEM_FLAGS})`)
  session.send(`OK [PERMANENTFLAGS (${readOnly ? '' : `${SYSTEM_FLAGS} \\*`})] Flags that are kept`)
  session.send(`${uids.length} EXISTS`)
  session.send('0 RECENT')
  const unseen = folder.mails.findIndex((mail) => !mail.flags.has('\\Seen'))
  if (unseen >= 0) session.send(`OK [UNSEEN ${unseen + 1}] First unseen`)
  session.send(`OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid`)
  session.send(`OK [UIDNEXT ${folder.uidNext}] Next UID`)
  return readOnly ? '[READ-ONLY] EXAMINE completed' : '[READ-WRITE] SELECT completed'
}

/** Removes what is marked \Deleted without telling, then leaves the folder. */
export async function close(session: Session): Promise<string> {
  const { folder, readOnly } = session.selected
  const deleted = folder.mails.filter((mail) => mail.flags.has('\\Deleted')).map((mail) => mail.uid)
  if (!readOnly) await folder.remove(new Set(deleted))
  session.selection = undefined
  return 'CLOSE completed'
}

export function unselect(session: Session): string {
  session.selection = undefined
  return 'UNSELECT completed'
}
