/* FETCH: what a mail is and holds. */

import type { StoredMail } from '../../store/folder.ts'
import { formatDateTime } from '../dates.ts'
import { type FetchItem, parseFetchItem, sectionBytes } from '../fetch-items.ts'
import type { NumberedMail, Session } from '../session.ts'
import { atomOf, itemsOf, type Token } from '../tokens.ts'

export async function fetch(session: Session, args: readonly Token[]): Promise<string> {
  return fetchMails(session, args, false)
}

export async function uidFetch(session: Session, args: readonly Token[]): Promise<string> {
  return fetchMails(session, args, true)
}

async function fetchMails(
  session: Session,
  [set, wanted]: readonly Token[],
  byUid: boolean,
): Promise<string> {
  const asked = itemsOf(wanted, 'Items').flatMap((item) => parseFetchItem(atomOf(item, 'Item')))
  const items =
    byUid && !asked.some(({ kind }) => kind === 'UID') ? [{ kind: 'UID' } as const, ...asked] : asked
  for (const found of session.mailsIn(atomOf(set, 'Set of mails'), byUid))
    await sendMail(session, found, items)
  return 'FETCH completed'
}

async function sendMail(
  session: Session,
  { number, mail }: NumberedMail,
  items: readonly FetchItem[],
): Promise<void> {
  const { folder, readOnly } = session.selected
  const needsBytes = items.some((item) => item.kind === 'section')
  const raw = needsBytes ? await folder.read(mail.uid) : undefined
  // Removed by another session meanwhile: nothing to send; the removal is told later.
  if (needsBytes && !raw) return
  const reads = items.some((item) => item.kind === 'section' && !item.peek)
  const marks = reads && !readOnly && !mail.flags.has('\\Seen')
  if (marks) folder.setFlags(mail.uid, [...mail.flags, '\\Seen'])
  const parts: (string | Uint8Array)[] = [`* ${number} FETCH (`]
  const answered =
    marks && !items.some(({ kind }) => kind === 'FLAGS') ? [...items, { kind: 'FLAGS' } as const] : items
  for (const [index, item] of answered.entries()) {
    if (index > 0) parts.push(' ')
    parts.push(...render(item, mail, raw))
  }
  await session.sendParts([...parts, ')\r\n'])
}

function render(item: FetchItem, mail: StoredMail, raw: Buffer | undefined): (string | Uint8Array)[] {
  switch (item.kind) {
    case 'UID':
      return [`UID ${mail.uid}`]
    case 'FLAGS':
      return [`FLAGS (${[...mail.flags].join(' ')})`]
    case 'INTERNALDATE':
      return [`INTERNALDATE "${formatDateTime(mail.internalDate)}"`]
    case 'RFC822.SIZE':
      return [`RFC822.SIZE ${mail.size}`]
    case 'section': {
      const bytes = sectionBytes(raw as Buffer, item)
      return [`${item.label} {${bytes.length}}\r\n`, bytes]
    }
  }
}
