// What a delivery report says, whoever wrote it.

/** RFC 3464 §2.3.3. */
export type DeliveryAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export interface BouncedRecipient {
  /** As the report gives it, the one we sent to when it gives both; not normalised. */
  readonly address: string
  readonly action: DeliveryAction
  /** RFC 3463, '5.1.1'. Made from the words when no code was given. */
  readonly status: string
  /** What the servers said, on few lines; '' when nothing. Others' text. */
  readonly diagnostic: string
  /** Stable name of the reason: 'user-unknown', 'mailbox-full' …; 'unknown' when nothing tells. */
  readonly reason: string
  /** The address or its host does not exist; a full, blocked or filtering mailbox is none of that. */
  readonly dead: boolean
}

export interface Bounce {
  readonly recipients: readonly BouncedRecipient[]
  /** Every recipient that failed is dead: nothing sent there again will arrive. */
  readonly permanent: boolean
  /** Of the mail that is reported on, without brackets; null when the report does not say. */
  readonly originalMessageId: string | null
  /** Which row of the table of recognisers read it: 'rfc3464', 'qmail' … */
  readonly recogniser: string
}

/** What a reader found, before reasons are drawn from it. */
export interface FoundRecipient {
  readonly address: string
  readonly action: DeliveryAction | undefined
  /** The Status field, when there was one. */
  readonly status: string | undefined
  readonly diagnostic: string
  /** What else the report says of this recipient. */
  readonly context: string
}
