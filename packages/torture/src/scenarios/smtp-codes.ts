// Every reply a server may give, at every place it may give it, once; then it is a good server again.
import type { SinkStage } from '@maildesk/testkit'
import type { Outcome, Rig, Scenario, ScenarioContext, Violation } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import { accountAtRest, outcomeOf } from './outcome.ts'

/** Twenty codes, as servers say them: with an enhanced status code, and without. */
const replies = [
  '421 4.3.2 closing',
  '450 4.2.1 mailbox busy',
  '451 4.3.0 local error',
  '452 4.2.2 mailbox full',
  '454 4.7.0 try again',
  '455 cannot take these parameters',
  '500 what?',
  '501 5.5.4 bad argument',
  '502 5.5.1 not implemented',
  '503 5.5.1 out of turn',
  '504 5.5.4 parameter not implemented',
  '521 no mail here',
  '530 5.7.0 log in first',
  '534 5.7.9 mechanism too weak',
  '535 5.7.8 wrong password',
  '541 not delivered',
  '550 5.1.1 no such user',
  '551 5.1.6 moved',
  '552 5.2.2 mailbox full for good',
  '554 5.7.1 spam',
] as const
type Reply = (typeof replies)[number]

const places = ['connect', 'mail', 'rcpt', 'data', 'final'] as const satisfies readonly SinkStage[]
type Place = (typeof places)[number]

interface Case {
  readonly reply: Reply
  readonly place: Place
}

/** What must become of the mail: it goes once the server is good again, or is given up at once, or waits for a person. */
type Fate = 'sent' | 'failed' | 'paused'

/** RFC 5321 §4.2.1: 4yz is for now and 5yz for good, but before the envelope neither is about the mail; RFC 4954 §6. */
function fateOf({ reply, place }: Case): Fate {
  const code = Number(reply.slice(0, 3))
  if (place === 'connect' || code < 500 || code === 503) return 'sent'
  return [530, 534, 535].includes(code) ? 'paused' : 'failed'
}

/** How long one mail may take, milliseconds. */
const caseLimitMs = 30_000
const restLimitMs = 60_000

async function run(context: ScenarioContext): Promise<Outcome> {
  const { tier, seed, only, progress } = context
  const all = places.flatMap((place, column) =>
    replies.map((reply, row) => ({ reply, place, colour: (row + column + seed) % 3 })),
  )
  // A commit has five minutes: a third of them, along the diagonals, each reply and each place among them.
  const cases = all
    .filter(({ colour }) => tier !== 'commit' || only.length > 0 || colour === 0)
    .filter((one) => only.length === 0 || only.includes(nameOf(one)) || only.includes(one.place))
  const rig = await context.openRig()
  const violations: Violation[] = []
  try {
    const mails = makeMails({ seed, count: cases.length, to: rig.support, shape: ['plain'] })
    for (const mail of mails) await rig.deliver(mail)
    await rig.drained()
    const tickets: { id: string }[] = await rig.db('tickets').orderBy('number').select('id')
    for (const [index, one] of cases.entries()) {
      const said = await tell(rig, one, tickets[index]?.id ?? '', `${seed}-${nameOf(one)}`)
      violations.push(...said)
      if (index % 20 === 19) progress(`${index + 1} of ${cases.length} replies`)
    }
    const { account, drainedMs } = await accountAtRest(rig, restLimitMs)
    return outcomeOf(account, { faults: { smtp: cases.length }, drainedMs, violations })
  } finally {
    await rig.stop()
  }
}

function nameOf({ reply, place }: Case): string {
  return `${reply.slice(0, 3)}@${place}`
}

async function tell(rig: Rig, one: Case, ticket: string, mark: string): Promise<Violation[]> {
  const wanted = fateOf(one)
  rig.sink.script({ at: one.place, action: { reply: one.reply } })
  const { messageId } = await rig.reply(ticket, `answer ${mark}`)
  const isPaused = async () =>
    Boolean((await rig.db('mailboxes').first('smtp_paused_reason'))?.smtp_paused_reason)
  const found = await waitForFate(rig, messageId, isPaused)
  rig.sink.clearScript()
  const violations: Violation[] = []
  const blame = (detail: string) =>
    violations.push({ invariant: 'I4', kind: 'other', detail: `${nameOf(one)} (${one.reply}): ${detail}` })
  if (found !== wanted) blame(`the mail is ${found}, not ${wanted}`)
  if (found === 'paused') {
    // A person mends the password.
    await rig.db('mailboxes').update({ smtp_paused_reason: null, updated_at: rig.db.fn.now() })
    const after = await waitForFate(rig, messageId, () => Promise.resolve(false))
    if (after !== 'sent') blame(`it is ${after} once the mailbox sends again`)
  }
  const { attempts } =
    (await rig.db('outbound_emails').where({ message_id: messageId }).first('attempts')) ?? {}
  const leastAttempts = wanted === 'failed' ? 1 : 2
  if (!(attempts >= leastAttempts)) blame(`the reply was never given: ${attempts} attempts`)
  if (wanted === 'failed' && attempts > 1) blame(`it was tried ${attempts} times`)
  const copies = await copiesOf(rig, messageId)
  const due = wanted === 'failed' ? 0 : 1
  if (copies !== due) blame(`${copies} copies were taken, not ${due}`)
  return violations
}

async function waitForFate(
  rig: Rig,
  messageId: string,
  isPaused: () => Promise<boolean>,
): Promise<Fate | string> {
  const until = performance.now() + caseLimitMs
  for (;;) {
    const row = await rig.db('outbound_emails').where({ message_id: messageId }).first('status')
    if (row?.status === 'sent' || row?.status === 'failed') return row.status
    if (await isPaused()) return 'paused'
    if (performance.now() > until) return `still ${row?.status}`
    // The minutes between two attempts pass at once.
    await rig
      .db('outbound_emails')
      .where({ message_id: messageId, status: 'retry' })
      .update({ next_attempt_at: rig.db.fn.now() })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Copies that the server said yes to. */
async function copiesOf(rig: Rig, messageId: string): Promise<number> {
  const row = await rig.db('outbound_emails').where({ message_id: messageId }).first('rfc822_id')
  return rig.ledgers.seen.filter(
    ({ rfc822Id, finalReply }) => rfc822Id === row?.rfc822_id && finalReply?.startsWith('2'),
  ).length
}

export const smtpCodes: Scenario = {
  name: 'smtp-codes',
  summary:
    'An SMTP server answers each of 20 codes at each of 5 places; the mail is sent once, or given up, as the code says.',
  backends: { commit: ['postgres'], landing: ['redis', 'postgres'], release: ['redis', 'postgres'] },
  run,
}
