// The steps of the product at which the fault tests may kill, stop, delay or fail it. Free while nothing is armed.

/** Which process comes by. */
type Role = 'poller' | 'worker' | 'api' | 'any'

interface Failpoint {
  readonly role: Role
  /** What is done, and what is not done yet, when the hook is reached. */
  readonly meaning: string
}

const point = (role: Role, meaning: string): Failpoint => ({ role, meaning })

/** Every hook, in the order in which a mail comes by. */
export const failpoints = {
  'poll.locked': point('poller', 'The folder is locked; the mailbox is not connected to yet.'),
  'poll.opened': point('poller', 'The folder is selected; nothing was listed.'),
  'poll.epoch-started': point('poller', 'A new UIDVALIDITY has its cursor; nothing was read under it.'),
  'poll.listed': point('poller', 'New UIDs are known; nothing was fetched.'),
  'poll.described': point('poller', 'Sizes and dates are known; no bytes were fetched.'),
  'poll.fetched': point('poller', 'The bytes of small mails are in memory only.'),
  'poll.kept-small': point('poller', 'The blob of one small mail is durable; it has no row.'),
  'poll.kept-large': point('poller', 'The blob of one large mail is durable; it has no row.'),
  'poll.kept-header': point('poller', 'The header of an oversize mail is durable; it has no row.'),
  'poll.batch-kept': point('poller', 'The blobs of a batch are durable; none has a row.'),
  'poll.after-due': point(
    'poller',
    'What is to be flagged, moved or deleted is known; the server was not told.',
  ),
  'poll.after-told': point('poller', 'The server flagged, moved or deleted; the ledger does not know.'),
  'poll.after-recorded': point('poller', 'The ledger knows what the server did.'),
  'poll.recorded': point('poller', 'The poll is written down as good.'),
  'poll.compared': point(
    'poller',
    'Some mails turned out to be missing in the ledger; they were not fetched.',
  ),
  'poll.reconciled': point('poller', 'The comparison of folder and ledger is written down.'),
  'blob.created': point('any', 'An empty temporary file is there.'),
  'blob.written': point('any', 'All bytes are written, not synced.'),
  'blob.synced': point('any', 'The file is synced under its temporary name.'),
  'blob.renamed': point('any', 'The file has its name; its folder is not synced.'),
  'blob.kept': point('any', 'The blob is durable; whoever asked does not know yet.'),
  'receive.inserted': point('poller', 'Rows are inserted, not committed.'),
  'receive.advanced': point('poller', 'The cursor is advanced, not committed.'),
  'receive.committed': point('poller', 'Rows and cursor are committed; nobody was rung for.'),
  'receive.rung': point('poller', 'The queue has the jobs.'),
  'job.taken': point('worker', 'The queue gave out a job; its row was not looked at.'),
  'job.done': point('worker', 'The work is done; the queue does not know.'),
  'file.claimed': point('worker', 'The start is counted and leased; nothing was parsed.'),
  'file.parsed': point(
    'worker',
    'The mail is parsed and the blobs of its parts are kept; nothing was decided.',
  ),
  'file.judged': point('worker', 'The sender was looked into; no transaction is open.'),
  'file.locked': point('worker', 'The transaction holds the row.'),
  'file.gathered': point('worker', 'The facts are read behind the lock.'),
  'file.decided': point('worker', 'The verdict is known; nothing of it is written.'),
  'file.ticket-opened': point('worker', 'A new ticket is inserted, not committed.'),
  'file.message-inserted': point('worker', 'The message is inserted, its files are not.'),
  'file.files-inserted': point('worker', 'The attachments are inserted, not committed.'),
  'file.automatic-queued': point(
    'worker',
    'An acknowledgement, notification or refusal is queued, not committed.',
  ),
  'file.applied': point('worker', 'The verdict is written, not committed.'),
  'file.told': point('worker', 'Staff are to be told, not committed.'),
  'file.finished': point('worker', 'The ledger row has its end, not committed.'),
  'file.committed': point('worker', 'All of it is committed; nobody was rung for.'),
  'file.rung': point('worker', 'The queue has the jobs of what is to be sent.'),
  'file.deferred': point('worker', 'The mail is put off; committed.'),
  'file.quarantining': point('worker', 'The quarantine is written, not committed.'),
  'file.quarantined': point('worker', 'The quarantine is committed.'),
  'report.recorded': point('worker', 'A delivery report is counted against its recipients, not committed.'),
  'send.claimed': point('worker', 'The lease is taken; nothing was built.'),
  'send.built': point('worker', 'The MIME bytes are durable; the row does not name them.'),
  'send.kept': point('worker', 'The row names the bytes; the server was not called.'),
  'send.opened': point('worker', 'Connected and logged in; the envelope was not sent.'),
  'send.data-asked': point('worker', 'The server said 354; the phase mark is not committed.'),
  'send.marked': point('worker', 'The phase mark is committed; not one byte of the body left.'),
  'send.body-begun': point('worker', 'The first bytes of the body left.'),
  'send.body-ended': point('worker', 'All bytes of the body were handed over.'),
  'send.answered': point('worker', 'The server has answered; nothing was written down.'),
  'send.recording': point('worker', 'The answer is written down, not committed.'),
  'send.recorded': point('worker', 'The answer is committed.'),
  'send.rung': point('worker', 'Whoever makes the copy was rung for.'),
  'send.resolved': point('worker', 'The folder of sent mail told the fate of an uncertain mail.'),
  'copy.claimed': point('worker', 'The copy of a sent mail is leased.'),
  'copy.appended': point('worker', 'The copy lies in the folder of sent mail; the ledger does not know.'),
  'copy.finished': point('worker', 'The ledger knows of the copy.'),
  'sweep.begun': point('worker', 'The sweep begins.'),
  'sweep.taking-over': point('worker', 'A dead worker’s attempt is judged, not committed.'),
  'sweep.taken-over': point('worker', 'A dead worker’s attempt is judged and committed.'),
  'sweep.listed': point('worker', 'Due rows are known; nobody was rung for.'),
  'sweep.rung': point('worker', 'The queue has the jobs of what was due.'),
  'sweep.direct': point('worker', 'The queue is deaf; a row is about to be worked on without it.'),
  'post.locked': point('api', 'The ticket is locked; nothing was written.'),
  'post.inserted': point('api', 'The message is inserted, not committed.'),
  'post.queued': point('api', 'Its mail is queued, not committed.'),
  'post.committed': point('api', 'Message and mail are committed; the client was not answered.'),
  'post.rung': point('api', 'The queue has the job; the client was not answered.'),
  'upload.kept': point('api', 'The bytes of an upload are durable; it has no row.'),
  'upload.recorded': point('api', 'The upload has its row; the client was not answered.'),
} as const satisfies Record<string, Failpoint>

export type FailpointName = keyof typeof failpoints
export const failpointNames = Object.keys(failpoints) as FailpointName[]
