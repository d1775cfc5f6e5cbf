// From the commands of a mail to what is to be done: names looked up, and everything that cannot be done told before
// anything is done.
import type { UserId } from '../ids.ts'
import { mayMoveTicket } from '../tickets/ticket-status.ts'
import type { TicketPriority, TicketStatus } from '../tickets/types.ts'
import { normalAddress } from './addresses.ts'
import type { AgentCommand, CommandProblem } from './agent-commands.ts'

export interface Colleague {
  readonly id: UserId
  readonly email: string
  readonly first_name: string
  readonly last_name: string
}

export interface CommandedTicket {
  readonly number: string
  readonly status: TicketStatus
  readonly tags: readonly string[]
}

/** The ticket that `#merge` names; undefined when there is none. */
export interface MergeTarget {
  readonly number: string
  readonly isMerged: boolean
}

export interface AgentPlan {
  readonly changes: {
    readonly assigned_agent_id?: UserId
    readonly status?: TicketStatus
    readonly priority?: TicketPriority
    readonly tags?: string[]
  }
  /** Number of the ticket to merge into. */
  readonly mergeInto: string | null
  readonly problems: readonly CommandProblem[]
}

/** Tags one ticket may have; as the API has it. */
const maxTags = 50

/** Pure. With a problem, nothing of the plan is to be done. */
export function planCommands(
  commands: readonly AgentCommand[],
  ticket: CommandedTicket,
  me: Colleague,
  staff: readonly Colleague[],
  target: MergeTarget | undefined,
): AgentPlan {
  const problems: CommandProblem[] = []
  const changes: { -readonly [Key in keyof AgentPlan['changes']]: AgentPlan['changes'][Key] } = {}
  let mergeInto: string | null = null
  for (const command of commands) {
    switch (command.kind) {
      case 'assign': {
        const found = colleaguesOf(command.to, me, staff)
        const [only] = found
        if (only && found.length === 1) changes.assigned_agent_id = only.id
        else
          problems.push({
            line: `#assign ${command.to}`,
            problem: only ? 'may be several of the staff; write the address' : 'is nobody of the staff',
          })
        break
      }
      case 'status':
        if (mayMoveTicket(ticket.status, command.status)) changes.status = command.status
        break
      case 'priority':
        changes.priority = command.priority
        break
      case 'tag': {
        const tags = changes.tags ?? [...ticket.tags]
        if (!tags.includes(command.tag)) tags.push(command.tag)
        changes.tags = tags
        break
      }
      case 'merge': {
        const problem = mergeProblem(command.number, ticket, target)
        if (problem) problems.push({ line: `#merge ${command.number}`, problem })
        else if (mergeInto && mergeInto !== command.number)
          problems.push({ line: `#merge ${command.number}`, problem: 'is a second ticket to merge into' })
        mergeInto = command.number
        break
      }
      case 'note':
      case 'public':
        break
    }
  }
  if ((changes.tags?.length ?? 0) > maxTags)
    problems.push({ line: '#tag', problem: `would make more than ${maxTags} tags` })
  return { changes, mergeInto, problems }
}

function mergeProblem(
  number: string,
  ticket: CommandedTicket,
  target: MergeTarget | undefined,
): string | undefined {
  if (number === ticket.number) return 'is the ticket itself'
  if (!target || target.number !== number) return 'names no ticket'
  return target.isMerged ? 'names a ticket that is merged into another itself' : undefined
}

/** By address, by full name, or by first name; letter case does not count. */
function colleaguesOf(to: string, me: Colleague, staff: readonly Colleague[]): Colleague[] {
  const wanted = to.trim().toLowerCase()
  if (wanted === 'me') return [me]
  const by = (read: (one: Colleague) => string) =>
    staff.filter((one) => read(one).trim().toLowerCase() === wanted)
  const kinds = [
    by(({ email }) => normalAddress(email)),
    by(({ first_name, last_name }) => `${first_name} ${last_name}`),
    by(({ first_name }) => first_name),
  ]
  return kinds.find((found) => found.length > 0) ?? []
}
