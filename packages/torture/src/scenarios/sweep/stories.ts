// What makes the desk come by each failpoint: a few mails, an answer, or some trouble beforehand.
import { setTimeout as delay } from 'node:timers/promises'
import type { FailpointName } from '@maildesk/failpoints'
import { waitUntil } from '@maildesk/testkit'
import type { Rig } from '../../contracts.ts'
import { type MailKind, makeMails } from '../../generate/index.ts'
import { deliveryReport } from './delivery-report.ts'

/** What a story may use. */
export interface Telling {
  readonly rig: Rig
  /** Different for each telling, so that its mails are. */
  readonly seed: number
  /** Arms what is being tested; a story that needs trouble first calls it when that has come. */
  readonly arm: () => void
  /** Arms another failpoint, and resolves when a process was hit. */
  readonly first: (name: FailpointName, action: 'kill' | 'throw') => Promise<() => Promise<void>>
}

/** Tells one story and resolves when everything was given to the desk; not when the desk is done with it. */
type Story = (telling: Telling) => Promise<void>

const deliver = async ({ rig, seed }: Telling, count: number, shape: readonly MailKind[]) => {
  const mails = makeMails({ seed, count, to: rig.support, shape })
  for (const mail of mails) await rig.deliver(mail)
  return mails
}

async function anyTicket(rig: Rig): Promise<string> {
  return waitUntil(async () => (await rig.db('tickets').orderBy('number').first('id'))?.id, {
    what: 'a ticket',
    timeoutMs: 30_000,
  })
}

async function setMailbox(rig: Rig, settings: object): Promise<void> {
  await rig.db('mailboxes').update({ ...settings, updated_at: rig.db.fn.now() })
}

/** Three mails with files, the last of them an answer; each is acknowledged but that. */
const mail: Story = async (telling) => {
  telling.arm()
  await deliver(telling, 3, ['attachments', 'reply'])
}

/** An answer of an agent, and a file for it. */
const answer: Story = async (telling) => {
  const { rig, seed } = telling
  const ticket = await anyTicket(rig)
  telling.arm()
  const upload = await rig.upload(ticket, `file-${seed}.txt`)
  await rig.reply(ticket, `answer ${seed}`, [upload])
}

const copied: Story = async (telling) => {
  const { rig, seed } = telling
  const ticket = await anyTicket(rig)
  await setMailbox(rig, { sent_folder: 'Sent' })
  telling.arm()
  await rig.reply(ticket, `answer ${seed}`)
  await rig.drained()
  await setMailbox(rig, { sent_folder: null })
}

const large: Story = async (telling) => {
  telling.arm()
  await deliver(telling, 1, ['large'])
}

const oversize: Story = async (telling) => {
  telling.arm()
  const [made] = makeMails({ seed: telling.seed, count: 1, to: telling.rig.support, shape: ['plain'] })
  if (!made) throw new RangeError('no mail was made')
  const filling = Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(Math.ceil(oversizeBytes / 72)))
  await telling.rig.deliver({
    ...made,
    raw: Buffer.concat([made.raw, filling]),
    expects: 'quarantined',
    attachments: [],
  })
}

const poison: Story = async (telling) => {
  telling.arm()
  await deliver(telling, 2, ['too-many-parts', 'too-deep'])
}

/** The answer is read sooner than the mail it answers, and waits for it. */
const outOfOrder: Story = async (telling) => {
  const { rig } = telling
  const slow = await telling.first('file.parsed', 'kill')
  const [parent] = await deliver(telling, 1, ['plain'])
  await slow()
  telling.arm()
  if (!parent?.messageId) throw new RangeError('the first mail needs a Message-ID')
  const [reply] = makeMails({ seed: telling.seed + 1, count: 1, to: rig.support, shape: ['plain'] })
  if (!reply) throw new RangeError('no mail was made')
  const head = `In-Reply-To: <${parent.messageId}>\r\nReferences: <${parent.messageId}>\r\n`
  const raw = Buffer.concat([Buffer.from(head), reply.raw])
  const from = `From: Customer <${parent.from}>`
  await rig.deliver({
    ...reply,
    from: parent.from,
    rootMark: parent.mark,
    raw: Buffer.from(raw.toString('latin1').replace(/^From: .*$/m, from), 'latin1'),
  })
}

const report: Story = async (telling) => {
  const { rig, seed } = telling
  const ticket = await anyTicket(rig)
  await rig.reply(ticket, `answer ${seed}`)
  await rig.drained()
  const sent = rig.sink.transactions.at(-1)
  if (!sent) throw new Error('nothing was sent')
  telling.arm()
  await rig.deliver(deliveryReport(sent, seed), sent.from)
}

const flagged: Story = async (telling) => {
  await setMailbox(telling.rig, { after_processing: 'seen' })
  // One that runs takes what comes next by the settings it knew.
  await telling.rig.poller.signal('SIGKILL')
  await telling.rig.poller.ready()
  telling.arm()
  await deliver(telling, 2, ['plain'])
  await telling.rig.drained()
  await setMailbox(telling.rig, { after_processing: 'keep' })
}

/** The poller connects anew. */
const reconnect: Story = async (telling) => {
  telling.arm()
  await telling.rig.poller.signal('SIGKILL')
  await deliver(telling, 1, ['plain'])
}

const renumbered: Story = async (telling) => {
  const { rig } = telling
  telling.arm()
  await rig.poller.signal('SIGSTOP')
  await rig.dovecot.newUidValidity(rig.support)
  await rig.poller.signal('SIGKILL')
  await deliver(telling, 1, ['plain'])
}

/** The cursor is beyond a mail that the ledger does not hold, as after a database that went back in time. */
const missing: Story = async (telling) => {
  const { rig } = telling
  await rig.poller.signal('SIGSTOP')
  const [lost] = await deliver(telling, 1, ['plain'])
  if (!lost) throw new RangeError('no mail was made')
  await rig.db('mailbox_cursors').increment('last_uid', 1)
  telling.arm()
  // A frozen one would keep its old list: a new life looks anew.
  await rig.poller.signal('SIGKILL')
}

/** The server takes a mail and the connection breaks before it says so: an acknowledgement is then given up. */
const unanswered: Story = async (telling) => {
  const { rig } = telling
  rig.sink.script({ at: 'final', action: { drop: true } })
  telling.arm()
  await deliver(telling, 1, ['plain'])
}

/** A worker dies in the middle of sending; another finds what it left. */
const abandoned: Story = async (telling) => {
  const died = await telling.first('send.kept', 'kill')
  await deliver(telling, 1, ['plain'])
  await died()
  telling.arm()
}

/** The ring at the commit is lost: the sweeper finds the row, and may do so before anybody knows of the death. */
const unrung: Story = async (telling) => {
  telling.arm()
  const died = await telling.first('receive.committed', 'kill')
  await deliver(telling, 1, ['plain'])
  await died()
}

/** The queue takes no rings: rows are worked on without it. */
const deaf: Story = async (telling) => {
  const { rig } = telling
  const undo = await deafen(rig)
  telling.arm()
  await deliver(telling, 1, ['plain'])
  await delay(4000)
  await undo()
}

async function deafen(rig: Rig): Promise<() => Promise<void>> {
  if (rig.servers.redis) {
    await rig.servers.redis.freeze()
    return () => rig.servers.redis?.thaw() ?? Promise.resolve()
  }
  await rig.db.raw('ALTER SCHEMA bullmq RENAME TO bullmq_away')
  return async () => {
    await rig.db.raw('ALTER SCHEMA bullmq_away RENAME TO bullmq')
  }
}

/** Settings of the desk that the stories count on. */
export const storySettings = {
  MAILDESK_MAX_MAIL_BYTES: '2097152',
  MAILDESK_RECONCILE_INTERVAL_MS: '1000',
  // A worker that begins anew starts as many parsers, which is most of what a case costs.
  MAILDESK_FILE_CONCURRENCY: '1',
} as const
const oversizeBytes = 2_200_000

const special: Readonly<Partial<Record<FailpointName, Story>>> = {
  'poll.locked': reconnect,
  'poll.opened': reconnect,
  'poll.epoch-started': renumbered,
  'poll.kept-large': large,
  'poll.kept-header': oversize,
  'poll.after-due': flagged,
  'poll.after-told': flagged,
  'poll.after-recorded': flagged,
  'poll.compared': missing,
  'poll.reconciled': missing,
  'file.deferred': outOfOrder,
  'file.quarantining': poison,
  'file.quarantined': poison,
  'report.recorded': report,
  'send.resolved': unanswered,
  'copy.claimed': copied,
  'copy.appended': copied,
  'copy.finished': copied,
  'sweep.taking-over': abandoned,
  'sweep.taken-over': abandoned,
  'sweep.listed': unrung,
  'sweep.rung': unrung,
  'sweep.direct': deaf,
  'post.locked': answer,
  'post.inserted': answer,
  'post.queued': answer,
  'post.committed': answer,
  'post.rung': answer,
  'upload.kept': answer,
  'upload.recorded': answer,
}

/**
 * The story in which the desk comes by. What sends does so to customers by itself and for agents, and owes them
 * different things when its fate is unknown: the first time it is an acknowledgement, the last time an answer.
 */
export function storyOf(name: FailpointName, moment: 'first' | 'last'): Story {
  if (moment === 'last' && name.startsWith('send.') && name !== 'send.resolved') return answer
  return special[name] ?? mail
}
