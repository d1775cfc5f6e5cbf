// Ids as distinct types, so that a ticket's id cannot be passed where a message's is wanted.
// All of ours are UUIDv7 strings: they sort by the time they were made.

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type UserId = Branded<'UserId'>
export type TicketId = Branded<'TicketId'>
export type MessageId = Branded<'MessageId'>
export type AttachmentId = Branded<'AttachmentId'>
export type MailboxId = Branded<'MailboxId'>
export type InboundEmailId = Branded<'InboundEmailId'>
export type OutboundEmailId = Branded<'OutboundEmailId'>

/** A message identifier of RFC 5322 §3.6.4 without its angle brackets: `left@right`. */
export type Rfc822Id = Branded<'Rfc822Id'>

/** Where bytes live in the blob store: the lower-case hex SHA-256 of the bytes. */
export type BlobKey = Branded<'BlobKey'>
