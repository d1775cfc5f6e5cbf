// Which failures are the desk's own: servers that are away and a machine in trouble, never a mail's fault.
import { MaildeskError } from '@maildesk/core'

/** What this machine says when it has no room, no right, no memory or no descriptor left (errno). */
const machineTrouble = /^(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|EIO|EMFILE|ENFILE|ENOMEM|EAGAIN|ENOTDIR)$/

/** True when the same work may well succeed once the database, the storage or the machine is well again. */
export function isOurTrouble(error: unknown): boolean {
  if (error instanceof MaildeskError)
    return ['db.unavailable', 'db.conflict', 'blob.unavailable'].includes(error.code)
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && machineTrouble.test(code)
}
