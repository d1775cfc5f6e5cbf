// I2 and I10: one message per filed mail, in the ticket of its conversation, in the order of the ledger.
import type { Violation } from '../contracts.ts'
import { type Evidence, type InboundRow, type Message, marksIn, nameOf, type Story } from './evidence.ts'

/** Ends of a filed mail that leave a message. */
const outcomesWithMessage = ['new_ticket', 'appended', 'note_appended']

/** I2: nothing filed without its message, nothing doubled, replies in the ticket of what they answer. */
export function checkMessages(evidence: Evidence): Violation[] {
  return [
    ...messagesOfRows(evidence),
    ...evidence.stories.flatMap((story) => saidAgain(story, evidence)),
    ...doubledTickets(evidence),
    ...misthreaded(evidence),
  ]
}

function messagesOfRows({ snapshot, rowById, storyOf }: Evidence): Violation[] {
  const messagesOf = Map.groupBy(snapshot.messages, ({ inboundEmailId }) => inboundEmailId)
  const found: Violation[] = []
  for (const [id, messages] of messagesOf) {
    const row = id === null ? undefined : rowById.get(id)
    if (id === null) continue
    const about = `row ${id} (${row?.subject ?? 'not in the ledger'})`
    if (messages.length > 1)
      found.push(i2('doubled', `${about} has ${messages.length} messages: ${idsOf(messages)}`))
    if (row?.status !== 'filed')
      found.push(
        i2('unexplained', `${about} is ${row?.status ?? 'missing'} and has message ${idsOf(messages)}`),
      )
  }
  for (const row of snapshot.inbound) {
    const story = storyOf.get(marksIn(row.subject)[0] ?? '')
    const needsOne = row.status === 'filed' && (story?.mail.expects === 'filed' || leavesMessage(row))
    if (needsOne && !messagesOf.has(row.id))
      found.push(i2('lost', `row ${row.id} (${row.subject}) is filed as ${row.outcome} and has no message`))
  }
  return found
}

function leavesMessage({ outcome }: InboundRow): boolean {
  return outcomesWithMessage.includes(outcome ?? '')
}

/** The same words in a message that no row of this mail explains. */
function saidAgain(story: Story, evidence: Evidence): Violation[] {
  const own = new Set(story.messages.map(({ id }) => id))
  const others = evidence.messagesSaying(story.mark).filter(({ id }) => !own.has(id))
  return others.length === 0
    ? []
    : [i2('doubled', `mail ${nameOf(story)} is said again in message ${idsOf(others)}`)]
}

/** Two tickets of one mail, or one of which nothing came. */
function doubledTickets({ snapshot, storyOf }: Evidence): Violation[] {
  const withMessage = new Set(snapshot.messages.map(({ ticketId }) => ticketId))
  const titled = snapshot.tickets.flatMap((ticket) =>
    marksIn(ticket.title)
      .filter((mark) => storyOf.has(mark))
      .map((mark) => ({ mark, ticket })),
  )
  const doubled = [...Map.groupBy(titled, ({ mark }) => mark)].filter(([, tickets]) => tickets.length > 1)
  return [
    ...doubled.map(([mark, tickets]) =>
      i2(
        'doubled',
        `mail ${mark} opened ${tickets.length} tickets: ${tickets.map(({ ticket }) => ticket.number).join(', ')}`,
      ),
    ),
    ...titled
      .filter(({ ticket }) => !withMessage.has(ticket.id))
      .map(({ mark, ticket }) => i2('unexplained', `ticket ${ticket.number} of mail ${mark} has no message`)),
  ]
}

/** A reply is where its root is; a root is alone where it is. */
function misthreaded({ stories, storyOf }: Evidence): Violation[] {
  const ticketOf = (mark: string) => storyOf.get(mark)?.messages[0]?.ticketId
  const rootOf = new Map<string, string>()
  const found: Violation[] = []
  for (const story of stories) {
    const { rootMark } = story.mail
    const ticket = ticketOf(story.mark)
    if (ticket === undefined) continue
    if (rootMark !== story.mark) {
      const wanted = ticketOf(rootMark)
      if (wanted !== undefined && wanted !== ticket)
        found.push(
          i2(
            'misthreaded',
            `mail ${nameOf(story)} is in ticket ${ticket}, its root ${rootMark} in ${wanted}`,
          ),
        )
      continue
    }
    const other = rootOf.get(ticket)
    if (other === undefined) rootOf.set(ticket, story.mark)
    else
      found.push(
        i2('misthreaded', `mail ${nameOf(story)} answers nothing and is in ticket ${ticket} of ${other}`),
      )
  }
  return found
}

/** I10: messages of a ticket stand, by (createdAt, id), in the order in which the ledger received their mails. */
export function checkOrder({ snapshot, rowById }: Evidence): Violation[] {
  const ofMails = snapshot.messages.flatMap((message) => {
    const row = rowById.get(message.inboundEmailId ?? '')
    return row ? [{ message, row }] : []
  })
  const found: Violation[] = []
  for (const [ticketId, entries] of Map.groupBy(ofMails, ({ message }) => message.ticketId)) {
    const shown = entries.toSorted((one, other) => compareMessages(one.message, other.message))
    for (const [at, { message, row }] of shown.entries()) {
      const next = shown[at + 1]
      if (next && comesLater(row, next.row))
        found.push({
          invariant: 'I10',
          kind: 'other',
          detail: `ticket ${ticketId} shows message ${message.id} before ${next.message.id}, whose mail came first`,
        })
    }
  }
  return found
}

function compareMessages(one: Message, other: Message): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)
}

function comesLater(one: InboundRow, other: InboundRow): boolean {
  if (one.receivedAt !== other.receivedAt) return one.receivedAt > other.receivedAt
  return one.uidValidity === other.uidValidity && (one.uid ?? 0) > (other.uid ?? 0)
}

function i2(kind: Violation['kind'], detail: string): Violation {
  return { invariant: 'I2', kind, detail }
}

function idsOf(messages: readonly Message[]): string {
  return messages.map(({ id, ticketId }) => `${id} of ticket ${ticketId}`).join(', ')
}
