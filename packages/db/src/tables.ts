// The rows as the database holds them, in its own words (snake_case). What knex returns for each type:
// timestamptz → Date, bigint and numeric → text, jsonb → value.
import type {
  AfterProcessing,
  AttachmentId,
  AuthenticationVerdict,
  BlobKey,
  ComposedEmail,
  DeliveryStatus,
  FolderPurpose,
  InboundEmailId,
  InboundOutcome,
  InboundStatus,
  LateAnswers,
  MailboxId,
  MailCondition,
  MailRuleActions,
  MessageFlag,
  MessageId,
  OauthProviderName,
  OutboundEmailId,
  OutboundKind,
  OutboundStatus,
  Rfc822Id,
  Source,
  SuppressionReason,
  SuppressionScope,
  TextRange,
  TicketCategory,
  TicketId,
  TicketPriority,
  TicketRelation,
  TicketStatus,
  TokenRole,
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
  /** `oauth2`: logs in with access tokens, see mailbox_oauth. */
  auth: 'password' | 'oauth2'
  after_processing: AfterProcessing
  after_folder: string | null
  sub_addressing: 'none' | 'plus' | 'catch_all'
  /** A domain of which every address is delivered here. */
  reply_domain: string | null
  /** What the last probe of sub-addresses found. */
  sub_addressing_probe: unknown
  sub_addressing_probed_at: Date | null
  acknowledge: boolean
  default_category: TicketCategory
  default_priority: TicketPriority
  signature: string
  last_polled_at: Date | null
  last_error: string | null
  last_error_at: Date | null
  smtp_paused_reason: string | null
  /** What an answer to a ticket closed longer ago than the grace period does. */
  late_answers: LateAnswers
  /** The grace period in days; null for the general one. */
  reopen_days: number | null
  /** Days within which the same subject of the same sender is the same ticket; 0 never. */
  subject_threading_days: number
  is_subject_strict: boolean
  /** Addresses of forms: what they send is of the person in Reply-To. Lower case. */
  form_senders: string[]
  /** Servers whose Authentication-Results count (RFC 8601 authserv-id). */
  trusted_authserv_ids: string[]
  /** Received fields of our own servers that may stand above an Authentication-Results field that counts. */
  border_hops: number
  verifies_signatures: boolean
  /** Domains whose ARC seal vouches for a mail that they passed on (RFC 8617). Lower case. */
  trusted_arc_sealers: string[]
  /** Addresses or domains of lists that put their own address in From. Lower case. */
  rewriting_lists: string[]
  /** Domains where `a+b@` is the person of `a@`. Lower case. */
  plus_tag_domains: string[]
  /** Mail that comes in here under an agent's address is the agent's, without further proof. */
  trusts_agent_mail: boolean
  accepts_requester_domain: boolean
  /** A mail that went to another mailbox as well opens a linked ticket here; else it is that one's duplicate. */
  opens_own_copies: boolean
  /** How long a reply of an agent can be taken back before it leaves, seconds. */
  undo_seconds: number
  /** How much of the conversation goes along below a reply. */
  quoted_history: 'none' | 'last' | 'full'
  /** Of what we say by ourselves; a language tag (BCP 47). */
  language: string
  signature_html: string
  /** Folder for copies of what was sent; null when the server keeps them itself. */
  sent_folder: string | null
  /** Of new tickets. */
  default_tags: string[]
  /** Who gets new tickets; null for nobody. */
  default_assignee_id: UserId | null
  dkim_selector: string | null
  /** Sealed private key; see runtime's seal. */
  dkim_secret: string | null
  /** Grows by one with every change of settings; the ETag of the API. */
  version: number
  created_at: Date
  updated_at: Date
}

export interface MailboxFolderRow {
  mailbox_id: MailboxId
  name: string
  purpose: FolderPurpose
  is_active: boolean
  /** Mail the server took in earlier is left alone; null when everything is read. */
  reads_since: Date | null
  last_polled_at: Date | null
  last_error: string | null
  last_error_at: Date | null
  /** Mails that the last comparison with the ledger found missing; null before the first one. */
  unaccounted: number | null
  reconciled_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface MailboxOauthRow {
  mailbox_id: MailboxId
  provider: OauthProviderName
  token_url: string
  scope: string | null
  client_id: string
  /** Sealed, as all secrets here; null for public clients. */
  client_secret: string | null
  refresh_secret: string
  access_secret: string | null
  access_expires_at: Date | null
  /** What the provider said against us last; null while all is well. */
  refused_reason: string | null
  refused_at: Date | null
  updated_at: Date
}

export interface MailboxBackfillRow {
  mailbox_id: MailboxId
  folder: string
  uid_validity: string
  since: Date
  /** Every mail of the backfill up to this UID is in the ledger or gone. */
  last_uid: string
  looked_at: number
  kept: number
  started_at: Date
  updated_at: Date
  finished_at: Date | null
}

export interface MailboxCursorRow {
  mailbox_id: MailboxId
  folder: string
  uid_validity: string
  last_uid: string
  /** Below this UID only mail since the folder's reads_since is read; above it all. */
  window_below: string
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
  merged_into_id: TicketId | null
  merged_at: Date | null
  /** Why a person should look at it; null when there is nothing. */
  attention: string | null
}

export interface TicketLinkRow {
  from_ticket_id: TicketId
  to_ticket_id: TicketId
  relation: TicketRelation
  created_at: Date
}

export interface TicketParticipantRow {
  ticket_id: TicketId
  /** Lower case. */
  address: string
  role: 'requester' | 'collaborator' | 'unverified' | 'follower'
  /** As they were called when they were added; attacker's text. */
  name: string
  /** Answers go to active ones only. */
  is_active: boolean
  /** Address of who named them; null for the requester and for staff's doing. */
  added_by: string | null
  created_at: Date
}

export interface InboundEmailRow {
  id: InboundEmailId
  mailbox_id: MailboxId | null
  folder: string | null
  /** What the folder was for when the mail was taken from it. */
  folder_purpose: FolderPurpose | null
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
  /** Of sender and words alone; see core's bodyHash. */
  body_hash: string | null
  attempts: number
  leased_until: Date | null
  next_attempt_at: Date
  waiting_for_id: InboundEmailId | null
  /** When it first had to wait for another mail. */
  waiting_since: Date | null
  last_error: string | null
  ticket_id: TicketId | null
  duplicate_of_id: InboundEmailId | null
  finished_at: Date | null
  after_state: 'none' | 'pending' | 'done' | 'failed'
  after_attempts: number
  after_next_at: Date | null
  after_error: string | null
  authentication: AuthenticationVerdict | null
  authentication_detail: unknown
  /** What a person said about it while it was held. */
  judgement: 'released' | 'discarded' | null
  /** Null for the command line. */
  judged_by_id: UserId | null
  judged_at: Date | null
  judgement_note: string | null
  /** Reasons of quarantine that no longer hold it. */
  waived_reasons: string[]
  /** The ticket it was released into. */
  placed_in_id: TicketId | null
}

export interface InboundRuleRow {
  id: string
  /** The lower number is asked first. */
  position: number
  name: string
  is_active: boolean
  mailbox_id: MailboxId | null
  match: 'all' | 'any'
  conditions: MailCondition[]
  actions: MailRuleActions
  stop: boolean
  version: number
  created_at: Date
  updated_at: Date
}

export interface BlockedSenderRow {
  id: string
  /** An address, or a domain with all below it; lower case. */
  entry: string
  reason: string
  created_by_id: UserId | null
  created_at: Date
  /** Mails held because of it. */
  hits: string
  last_hit_at: Date | null
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
  /** What staff should know before they trust it. */
  flags: MessageFlag[]
  /** Where its sender wants the answer (Reply-To), when that is not From. */
  answer_to: string | null
  /** Thread-Index and Thread-Topic of the mail, for its answer to echo; attacker's text. */
  thread_index: string | null
  thread_topic: string | null
  /** We were only Bcc'd. */
  is_blind_copy: boolean
  /** Why it landed here. */
  decision: unknown
  /** What of message_text was written now; null when all of it was. */
  text_ranges: TextRange[] | null
}

export interface MessageMoveRow {
  id: string
  message_id: MessageId
  from_ticket_id: TicketId
  to_ticket_id: TicketId
  cause: 'merge' | 'split'
  moved_by_id: UserId | null
  moved_at: Date
  undone_at: Date | null
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
  /** Whom of staff it tells; null for mail to customers. */
  recipient_user_id: UserId | null
  /** What it tells of. */
  event_id: string | null
  /** Which of our own words it says; null for what a person wrote. */
  template: string | null
  token_role: TokenRole
  /** It answers somebody whom nothing authenticates. */
  is_unproven: boolean
  /** Not before. */
  scheduled_for: Date | null
  cancelled_by_id: UserId | null
  copy_state: 'none' | 'pending' | 'done' | 'failed'
  copy_attempts: number
  copy_next_at: Date | null
  copy_error: string | null
}

export interface OutboundDeliveryRow {
  id: string
  outbound_email_id: OutboundEmailId
  address: string
  status: DeliveryStatus
  code: number | null
  response: string | null
  updated_at: Date
  /** What a delivery report said. */
  diagnostic: string | null
  bounced_at: Date | null
}

export interface BounceRecordRow {
  id: string
  /** Lower case. */
  address: string
  kind: 'hard' | 'soft' | 'policy' | 'complaint'
  /** Enhanced status code (RFC 3463). */
  status: string | null
  diagnostic: string | null
  outbound_email_id: OutboundEmailId | null
  inbound_email_id: InboundEmailId | null
  recorded_at: Date
  /** The address or its host does not exist. */
  is_dead: boolean
  /** False for a notice that the mail is late. */
  is_final: boolean
  /** What the report called the recipient, where that is another address. */
  reported_as: string | null
  /** When it stopped counting: a person said so, or a mail came from there. */
  lifted_at: Date | null
}

export interface SuppressionRow {
  id: string
  /** Lower case. */
  address: string
  /** `automatic`: what we send by ourselves; `all`: agents' replies as well. */
  scope: SuppressionScope
  reason: SuppressionReason
  /** Null: until a person lifts it. */
  until: Date | null
  created_at: Date
  created_by_id: UserId | null
}

export interface AgentSettingsRow {
  user_id: UserId
  /** Event → wanted by mail. */
  notify: Record<string, boolean>
  /** Why nothing is mailed to this agent; null while all is well. */
  mail_paused_reason: string | null
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

export interface UserAddressRow {
  /** Lower case. */
  address: string
  user_id: UserId
  created_at: Date
}
