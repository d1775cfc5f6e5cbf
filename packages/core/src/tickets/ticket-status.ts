// Which status a ticket may move to, and what an answer does to it. Pure; not about permissions.
import type { TicketStatus } from './types.ts'

/** From each status to the ones a person may set. A row lists the status itself nowhere: that is no move. */
export const ticketMoves: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  open: ['in_progress', 'resolved', 'closed'],
  in_progress: ['open', 'resolved', 'closed'],
  resolved: ['open', 'in_progress', 'closed'],
  closed: ['open', 'in_progress', 'resolved'],
}

/** True when a person may set `to` on a ticket that is `from`. */
export function mayMoveTicket(from: TicketStatus, to: TicketStatus): boolean {
  return ticketMoves[from].includes(to)
}

/** What a message posted by hand does to its ticket. */
export type PostEffect =
  | { readonly kind: 'keep' }
  | { readonly kind: 'move'; readonly to: TicketStatus }
  | { readonly kind: 'refuse' }

/**
 * A note changes nothing. A public answer by staff takes an open ticket into progress and leaves every other as it is.
 * An answer by the customer reopens what was resolved, and what was closed while that is not longer ago than
 * `reopenMs`; after that it is refused, and a new ticket is the way.
 */
export function effectOfPost(
  ticket: { readonly status: TicketStatus; readonly closedForMs: number },
  post: { readonly byCustomer: boolean; readonly isInternal: boolean },
  reopenMs: number,
): PostEffect {
  if (post.isInternal) return { kind: 'keep' }
  if (!post.byCustomer)
    return ticket.status === 'open' ? { kind: 'move', to: 'in_progress' } : { kind: 'keep' }
  if (ticket.status === 'closed' && ticket.closedForMs > reopenMs) return { kind: 'refuse' }
  const reopens = ticket.status === 'resolved' || ticket.status === 'closed'
  return reopens ? { kind: 'move', to: 'open' } : { kind: 'keep' }
}
