// What all probes are made of: one promise of the desk each, put to the test on a rig of its own.
import type { Rig, Violation } from '../../contracts.ts'
import { type GeneratedMail, type MailKind, makeMails } from '../../generate/index.ts'

export interface KeptPromise {
  readonly name: string
  /** The promise. */
  readonly promise: string
  /** Puts it to the test; what must rest is waited for afterwards. */
  run(rig: Rig, seed: number): Promise<readonly Violation[]>
}

export function violation(
  invariant: Violation['invariant'],
  detail: string,
  kind: Violation['kind'] = 'other',
): Violation {
  return { invariant, kind, detail }
}

export async function deliver(
  rig: Rig,
  seed: number,
  count: number,
  shape?: readonly MailKind[],
): Promise<GeneratedMail[]> {
  const mails = makeMails({ seed, count, to: rig.support, ...(shape && { shape }) })
  for (const mail of mails) await rig.deliver(mail)
  return mails
}

export async function setMailbox(rig: Rig, settings: object): Promise<void> {
  await rig.db('mailboxes').update({ ...settings, updated_at: rig.db.fn.now() })
  // One that runs takes what comes next by the settings it knew.
  await rig.poller.signal('SIGKILL')
  await rig.poller.ready()
}
