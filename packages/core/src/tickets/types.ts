// The words of the desk, as the given schema has them.

export const userRoles = ['customer', 'provider', 'admin'] as const
/** `provider` is the schema's word for an agent. */
export type UserRole = (typeof userRoles)[number]

export const ticketStatuses = ['open', 'in_progress', 'resolved', 'closed'] as const
export type TicketStatus = (typeof ticketStatuses)[number]

export const ticketPriorities = ['low', 'medium', 'high', 'urgent'] as const
export type TicketPriority = (typeof ticketPriorities)[number]

export const ticketCategories = ['billing', 'technical', 'account', 'service', 'general'] as const
export type TicketCategory = (typeof ticketCategories)[number]

export const sources = ['web', 'mobile', 'email', 'phone'] as const
/** How a ticket, message or attachment came to us. */
export type Source = (typeof sources)[number]
