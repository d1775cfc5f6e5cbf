// I5: what the API accepted is there, once, and its mail is on the way or openly not.
import type { Accepted, Violation } from '../contracts.ts'
import type { Evidence, Outbound } from './evidence.ts'

export function checkAnswers(evidence: Evidence): Violation[] {
  const replies = evidence.snapshot.outbound.filter(({ kind }) => kind === 'reply')
  const mailsOf = Map.groupBy(replies, ({ messageId }) => messageId ?? '')
  const byKey = Map.groupBy(evidence.ledgers.accepted, ({ idempotencyKey }) => idempotencyKey)
  return [...byKey].flatMap(([key, accepted]) => {
    const ids = new Set(accepted.map(({ messageId }) => messageId))
    const repeated =
      ids.size > 1
        ? [i5('doubled', `Idempotency-Key ${key} made ${ids.size} messages: ${[...ids].join(', ')}`)]
        : []
    const [answer] = accepted
    return answer && ids.size === 1
      ? checkAnswer(answer, mailsOf.get(answer.messageId) ?? [], evidence)
      : repeated
  })
}

function checkAnswer(answer: Accepted, mails: readonly Outbound[], evidence: Evidence): Violation[] {
  const { messageId, ticketId, mark } = answer
  const about = `answer ${mark} (message ${messageId} of ticket ${ticketId})`
  const message = evidence.messageById.get(messageId)
  if (!message) return [i5('lost', `${about} was accepted and is not there`)]
  const found: Violation[] = []
  if (message.ticketId !== ticketId)
    found.push(i5('misthreaded', `${about} is in ticket ${message.ticketId}`))
  if (!message.text.includes(mark)) found.push(i5('lost', `${about} has other words`))
  const others = evidence.messagesSaying(mark).filter(({ id }) => id !== messageId)
  if (others.length > 0)
    found.push(i5('doubled', `${about} is also message ${others.map(({ id }) => id).join(', ')}`))
  const [mail] = mails
  if (!mail) found.push(i5('lost', `${about} has no mail`))
  if (mails.length > 1) found.push(i5('doubled', `${about} has ${mails.length} mails`))
  if (mail?.status === 'cancelled') found.push(i5('lost', `the mail of ${about} was cancelled by nobody`))
  return found
}

function i5(kind: Violation['kind'], detail: string): Violation {
  return { invariant: 'I5', kind, detail }
}
