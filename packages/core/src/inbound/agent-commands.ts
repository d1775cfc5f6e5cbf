// Commands that an agent writes in the first lines of a mail, one a line: `#close`, `#assign me`, `#tag billing`.
// They are taken out before anything is sent. A line that begins with the word of a command and cannot be understood is
// never sent to a customer either: the whole mail is held, and the agent is told.
import { type TicketPriority, type TicketStatus, ticketPriorities } from '../tickets/types.ts'

export type AgentCommand =
  | { readonly kind: 'assign'; readonly to: string }
  | { readonly kind: 'status'; readonly status: TicketStatus; readonly days: number | null }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'priority'; readonly priority: TicketPriority }
  | { readonly kind: 'merge'; readonly number: string }
  | { readonly kind: 'note' }
  | { readonly kind: 'public' }

export interface CommandProblem {
  /** The line as written, cut. */
  readonly line: string
  readonly problem: string
}

export interface AgentMailText {
  readonly commands: readonly AgentCommand[]
  readonly problems: readonly CommandProblem[]
  /** What is left, without white space around it. */
  readonly text: string
}

/** UTF-16 units of a tag; as the API has it. */
const maxTag = 50
/** UTF-16 units of a line that is read as a command, and that is told back. */
const maxCommandLine = 200
/** Days a ticket can be said to wait. */
const maxPendingDays = 365

type Read = (rest: string) => AgentCommand | string

const status =
  (to: TicketStatus): Read =>
  (rest) =>
    rest === '' ? { kind: 'status', status: to, days: null } : 'takes nothing after it'

const words: Readonly<Record<string, Read>> = {
  assign: (rest) => (rest === '' ? 'wants `me`, a name or an address' : { kind: 'assign', to: rest }),
  close: status('closed'),
  resolve: status('resolved'),
  open: status('open'),
  // There is no status for waiting: a ticket somebody works on is the nearest.
  pending: readPending,
  tag: readTag,
  priority: (rest) => {
    const priority = ticketPriorities.find((one) => one === rest.toLowerCase())
    return priority ? { kind: 'priority', priority } : `wants one of ${ticketPriorities.join(', ')}`
  },
  merge: (rest) => {
    const number = /^#?([1-9][0-9]{0,17})$/.exec(rest)?.[1]
    return number ? { kind: 'merge', number } : 'wants the number of a ticket'
  },
  note: (rest) => (rest === '' ? { kind: 'note' } : 'takes nothing after it'),
  public: (rest) => (rest === '' ? { kind: 'public' } : 'takes nothing after it'),
}

/** The words that begin a command. */
export const agentCommandWords: readonly string[] = Object.keys(words)

/**
 * Reads the commands at the head of what an agent wrote. A `#word` that is no command is text. A command further down
 * is a problem: whether it was meant is not ours to guess. Pure, linear, never throws.
 */
export function readAgentCommands(written: string): AgentMailText {
  const commands: AgentCommand[] = []
  const problems: CommandProblem[] = []
  const text: string[] = []
  let isHead = true
  for (const line of written.split('\n')) {
    const found = commandIn(line)
    if (!found) {
      if (line.trim() !== '' && !line.trim().startsWith('#')) isHead = false
      text.push(line)
      continue
    }
    const tell = (problem: string) => problems.push({ line: line.trim().slice(0, maxCommandLine), problem })
    const command = found.read(found.rest)
    if (typeof command === 'string') tell(command)
    else if (!isHead) tell('stands below text; commands are read in the first lines only')
    else commands.push(command)
    if (typeof command === 'string' || !isHead) text.push(line)
  }
  const statuses = commands.filter(({ kind }) => kind === 'status')
  if (statuses.length > 1) problems.push({ line: '', problem: 'more than one command sets the status' })
  return { commands, problems, text: text.join('\n').trim() }
}

/** The command word a line begins with, and what follows it. */
function commandIn(line: string): { readonly read: Read; readonly rest: string } | undefined {
  const plain = line
    .slice(0, maxCommandLine)
    .replace(/[\u00a0\u200b\ufeff]/g, ' ')
    .trim()
  const match = /^[#＃]([a-z]{2,10})(?![\p{L}\p{N}_-])/iu.exec(plain)
  const word = match?.[1]?.toLowerCase() ?? ''
  if (!match || !Object.hasOwn(words, word)) return undefined
  const rest = plain
    .slice(match[0].length)
    .replace(/^[:\s]+/, '')
    .trim()
  const read = words[word] as Read
  return { rest, read: line.length > maxCommandLine ? () => 'is too long' : read }
}

function readPending(rest: string): AgentCommand | string {
  const match = /^(?:(\d{1,3})\s*(d|days?|w|weeks?)?)?$/i.exec(rest)
  if (!match) return 'wants nothing, or days as in `#pending 3d`'
  const [, count, unit] = match
  const days = count === undefined ? null : Number(count) * (unit?.toLowerCase().startsWith('w') ? 7 : 1)
  if (days !== null && (days < 1 || days > maxPendingDays)) return `wants 1 to ${maxPendingDays} days`
  return { kind: 'status', status: 'in_progress', days }
}

function readTag(rest: string): AgentCommand | string {
  if (rest === '') return 'wants a tag'
  if (rest.length > maxTag) return `wants a tag of at most ${maxTag} letters`
  return { kind: 'tag', tag: rest }
}
