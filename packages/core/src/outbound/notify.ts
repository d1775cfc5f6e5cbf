// Which of the staff are told by mail that something happened in a ticket.
import type { UserId } from '../ids.ts'

/** What staff may be told of. The words are keys of `agent_settings.notify`. */
export const notifyEvents = [
  'assignment',
  'customer_reply',
  'unassigned_reply',
  'new_ticket',
  'escalation',
  'delivery_trouble',
] as const
export type NotifyEvent = (typeof notifyEvents)[number]

/** Wanted by mail when an agent said nothing: what is about their own tickets, and nothing else. */
export const notifyDefaults: Readonly<Record<NotifyEvent, boolean>> = {
  // The ticket was given to them.
  assignment: true,
  // The customer wrote in a ticket that is theirs or that they follow.
  customer_reply: true,
  // The customer wrote in a ticket that nobody has.
  unassigned_reply: false,
  // A ticket was opened.
  new_ticket: false,
  // A ticket that is theirs or that they follow became urgent.
  escalation: true,
  // A mail of such a ticket did not reach its reader.
  delivery_trouble: true,
}

export interface NotifiableAgent {
  readonly id: UserId
  readonly isActive: boolean
  /** As stored; unknown keys count for nothing. */
  readonly notify: Readonly<Record<string, boolean>>
  /** Nothing is mailed to them, because it did not arrive. */
  readonly isPaused: boolean
  readonly isFollower: boolean
}

export interface Happening {
  readonly event: NotifyEvent
  /** Who did it; nobody is told of their own doing. */
  readonly authorId: UserId | null
  /** Who has the ticket now. */
  readonly assigneeId: UserId | null
  /** A machine wrote it: an out-of-office note, a newsletter. */
  readonly isMachineMail: boolean
}

export interface ToNotify {
  readonly id: UserId
  /** What the mail says they are to the ticket. */
  readonly as: 'assignee' | 'follower' | 'watcher'
}

/** The agents who are told, each once. Pure. */
export function whomToNotify(happening: Happening, agents: readonly NotifiableAgent[]): ToNotify[] {
  // An answering machine would wake people at night.
  if (happening.isMachineMail && happening.event === 'customer_reply') return []
  return agents.flatMap((agent) => {
    if (!agent.isActive || agent.isPaused || agent.id === happening.authorId) return []
    const as = placeOf(agent, happening)
    const event =
      as === 'watcher' && happening.event === 'customer_reply' ? 'unassigned_reply' : happening.event
    return as && wants(agent, event) ? [{ id: agent.id, as }] : []
  })
}

/** True when the agent wants to be told, by their own word or by default. */
export function wants({ notify }: Pick<NotifiableAgent, 'notify'>, event: NotifyEvent): boolean {
  return Object.hasOwn(notify, event) ? notify[event] === true : notifyDefaults[event]
}

function placeOf(agent: NotifiableAgent, { event, assigneeId }: Happening): ToNotify['as'] | undefined {
  if (agent.id === assigneeId) return 'assignee'
  if (event === 'assignment') return undefined
  if (agent.isFollower) return 'follower'
  const isForAll = event === 'new_ticket' || (event === 'customer_reply' && assigneeId === null)
  return isForAll ? 'watcher' : undefined
}
