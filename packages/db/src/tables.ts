// The rows as the database holds them, in its own words (snake_case). What knex returns for each type:
// timestamptz → Date, bigint and numeric → text, jsonb → value.
import type {
  AfterProcessing,
  AttachmentId,
  BlobKey,
  ComposedEmail,
  DeliveryStatus,
  InboundEmailId,
  InboundOutcome,
  InboundStatus,
  MailboxId,
  MessageId,
  OutboundEmailId,
  OutboundKind,
  OutboundStatus,
  Rfc822Id,
  Source,
  TextRange,
  TicketCategory,
  TicketId,
  TicketPriority,
  TicketStatus,
  UserId,
  UserRole,
} from '@maildesk/core'

export interface UserRow {
  id: UserId
  email: string
  first_name: string
  last_name: string
  role: UserRole
  date_joined: Date
  is_staff: boolean
  is_active: boolean
}

export interface MailboxRow {
  id: MailboxId
  address: string
  display_name: string
  is_active: boolean
  imap_host: string | null
  imap_port: number | null
  imap_tls: 'implicit' | 'starttls' | 'none'
  imap_user: string | null
  /** Sealed; see runtime's seal. */
  imap_secret: string | null
  imap_folder: string
  smtp_host: string | null
  smtp_port: number | null
  smtp_tls: 'implicit' | 'starttls' | 'opportunistic' | 'none'
  smtp_user: string | null
  /** Sealed; see runtime's seal. */
  smtp_secret: string | null
  after_processing: AfterProcessing
  after_folder: string | null
  sub_addressing: 'none' | 'plus'
  acknowledge: boolean
  default_category: TicketCategory
  default_priority: TicketPriority
  signature: string
  last_polled_at: Date | null
  last_error: string | null
  last_error_at: Date | null
  smtp_paused_reason: string | null
  created_at: Date
  updated_at: Date
}

export interface MailboxCursorRow {
  mailbox_id: MailboxId
  folder: string
  uid_validity: string
  last_uid: string
  started_at: Date
  updated_at: Date
}

export interface TicketRow {
  id: TicketId
  number: string
  title: string
  customer_id: UserId
  category: TicketCategory
  status: TicketStatus
  priority: TicketPriority
  assigned_agent_id: UserId | null
  created_at: Date
  updated_at: Date
  closed_at: Date | null
  source: Source
  tags: string[]
  mailbox_id: MailboxId | null
  /** Grows by one with every change; the ETag of the API. */
  version: number
}

export interface TicketParticipantRow {
  ticket_id: TicketId
  /** Lower case. */
  address: string
  role: 'requester' | 'collaborator' | 'unverified'
  created_at: Date
}

export interface InboundEmailRow {
  id: InboundEmailId
  mailbox_id: MailboxId | null
  folder: string | null
  uid_validity: string | null
  uid: string | null
  arrived_by: 'imap' | 'ingest'
  raw_key: BlobKey
  raw_size: string
  /** False when only the header section was kept (oversize). */
  raw_complete: boolean
  received_at: Date
  internal_date: Date | null
  rfc822_id: Rfc822Id | null
  from_address: string
  subject: string
  status: InboundStatus
  outcome: InboundOutcome | null
  reason: string | null
  decision: unknown
  content_hash: string | null
  attempts: number
  leased_until: Date | null
  next_attempt_at: Date
  waiting_for_id: InboundEmailId | null
  last_error: string | null
  ticket_id: TicketId | null
  duplicate_of_id: InboundEmailId | null
  finished_at: Date | null
  after_state: 'none' | 'pending' | 'done' | 'failed'
  after_attempts: number
  after_next_at: Date | null
  after_error: string | null
}

export interface MessageRow {
  id: MessageId
  ticket_id: TicketId
  sender_id: UserId
  message_text: string
  created_at: Date
  is_from_customer: boolean
  is_internal: boolean
  read_by_customer: boolean
  read_by_staff: boolean
  /** Written by the database: the sender's role when the message was written. */
  sender_role: UserRole
  source: Source
  /** As received, not sanitised. */
  html: string | null
  rfc822_id: Rfc822Id | null
  /** True for auto-replies and other machine mail. */
  is_automatic: boolean
  /** True when the sender is no participant of the ticket. */
  is_unverified: boolean
  inbound_email_id: InboundEmailId | null
  /** What of message_text was written now; null when all of it was. */
  text_ranges: TextRange[] | null
}

export interface AttachmentRow {
  id: AttachmentId
  ticket_id: TicketId
  message_id: MessageId | null
  uploaded_by_id: UserId
  /** Key in the blob store. */
  file: BlobKey
  filename: string
  file_size: number
  content_type: string
  created_at: Date
  source: Source
  disposition: 'attachment' | 'inline'
  content_id: string | null
  /** Place in the MIME tree of the mail it came in; null for uploads. */
  part_path: string | null
  restricted_reason: 'type-not-allowed' | 'too-large' | null
}

export interface OutboundEmailRow {
  id: OutboundEmailId
  kind: OutboundKind
  ticket_id: TicketId
  message_id: MessageId | null
  mailbox_id: MailboxId | null
  cause_inbound_id: InboundEmailId | null
  rfc822_id: Rfc822Id
  token_nonce: string
  envelope_from: string
  composed: ComposedEmail
  raw_key: BlobKey | null
  status: OutboundStatus
  attempts: number
  uncertain_attempts: number
  /** Null when nothing more will be tried by itself. */
  next_attempt_at: Date | null
  lease_token: string | null
  leased_until: Date | null
  data_started_at: Date | null
  last_response: string | null
  created_at: Date
  /** When it was queued last; the give-up time counts from here. */
  queued_at: Date
  sent_at: Date | null
}

export interface OutboundDeliveryRow {
  id: string
  outbound_email_id: OutboundEmailId
  address: string
  status: DeliveryStatus
  code: number | null
  response: string | null
  updated_at: Date
}

export interface TicketEventRow {
  id: string
  ticket_id: TicketId
  type: string
  actor_id: UserId | null
  inbound_email_id: InboundEmailId | null
  outbound_email_id: OutboundEmailId | null
  data: Record<string, unknown>
  created_at: Date
}

export interface ApiTokenRow {
  id: string
  user_id: UserId
  name: string
  token_sha256: string
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}
