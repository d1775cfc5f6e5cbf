// What happens in the mailbox once a mail is safe with us. Each step may be repeated; only the UIDs given are touched.
import { type Log, MaildeskError } from '@maildesk/core'
import type { ImapFlow } from 'imapflow'
import { uidSets } from './uid-sets.ts'

/** Sets \Seen (RFC 9051 §2.3.2). */
export async function markSeen(client: ImapFlow, uids: readonly number[]): Promise<void> {
  for (const set of uidSets(uids)) await addFlag(client, set, '\\Seen')
}

/** Deletes exactly these mails: \Deleted, then UID EXPUNGE (RFC 4315). Without UIDPLUS they stay flagged \Deleted. */
export async function deleteMails(client: ImapFlow, uids: readonly number[], log: Log): Promise<void> {
  for (const set of uidSets(uids)) {
    await addFlag(client, set, '\\Deleted')
    await expunge(client, set, log)
  }
}

/**
 * Moves mails to `folder`, which is created when missing: MOVE (RFC 6851), else COPY and delete. Mails that are gone or
 * already flagged \Deleted are not copied again.
 */
export async function moveMails(
  client: ImapFlow,
  uids: readonly number[],
  folder: string,
  log: Log,
): Promise<void> {
  const transfer = client.capabilities.has('MOVE') ? moveSet : copyAndDelete
  for (const set of uidSets(await undeleted(client, uids))) {
    if (await transfer(client, set, folder, log)) continue
    if (!(await stillThere(client, set))) continue
    // Most often the folder is not there yet; when it is, the second refusal says what is wrong.
    const said = await makeFolder(client, folder)
    if (!(await transfer(client, set, folder, log))) {
      throw refused(
        `the server did not move mails to ${folder}${said === '' ? '' : `, nor create it: ${said}`}`,
      )
    }
  }
}

async function moveSet(client: ImapFlow, set: string, folder: string): Promise<boolean> {
  return !!(await client.messageMove(set, folder, { uid: true }))
}

async function copyAndDelete(client: ImapFlow, set: string, folder: string, log: Log): Promise<boolean> {
  if (!(await client.messageCopy(set, folder, { uid: true }))) return false
  await addFlag(client, set, '\\Deleted')
  await expunge(client, set, log)
  return true
}

/** Never a plain EXPUNGE: it would remove what others have flagged \Deleted. */
async function expunge(client: ImapFlow, set: string, log: Log): Promise<void> {
  if (!client.capabilities.has('UIDPLUS')) {
    log.warn({ uids: set }, 'mails stay in the folder flagged \\Deleted: the IMAP server lacks UIDPLUS')
    return
  }
  // imapflow sends UID STORE +FLAGS \Deleted and UID EXPUNGE for exactly this set when UIDPLUS is there.
  if (!(await client.messageDelete(set, { uid: true })) && (await stillThere(client, set))) {
    throw refused('the server did not expunge mails')
  }
}

async function addFlag(client: ImapFlow, set: string, flag: string): Promise<void> {
  const stored = await client.messageFlagsAdd(set, [flag], { uid: true, silent: true })
  if (!stored && (await stillThere(client, set))) throw refused(`the server did not set ${flag}`)
}

/** @returns what the server said against it, '' when it exists now. */
async function makeFolder(client: ImapFlow, folder: string): Promise<string> {
  try {
    await client.mailboxCreate(folder)
    return ''
  } catch (error) {
    const { responseStatus, responseText } = error as { responseStatus?: string; responseText?: string }
    // A refusal may only mean that it exists (not every server says so by RFC 5530); the move that follows tells.
    if (responseStatus === undefined) throw error
    return responseText ?? responseStatus
  }
}

async function undeleted(client: ImapFlow, uids: readonly number[]): Promise<number[]> {
  const found: number[] = []
  for (const set of uidSets(uids))
    found.push(...((await client.search({ uid: set, deleted: false }, { uid: true })) || []))
  return found
}

async function stillThere(client: ImapFlow, set: string): Promise<boolean> {
  const found = await client.search({ uid: set }, { uid: true })
  return !found || found.length > 0
}

function refused(detail: string): MaildeskError {
  return new MaildeskError('imap.unavailable', detail)
}
