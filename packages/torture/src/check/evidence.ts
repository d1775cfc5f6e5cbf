// Ledgers and snapshot, found by what ties them together: the mark, the row, the Message-ID.
import type { Delivered, Ledgers, MadeMail, Snapshot } from '../contracts.ts'

export type InboundRow = Snapshot['inbound'][number]
export type Message = Snapshot['messages'][number]
export type Outbound = Snapshot['outbound'][number]
export type Attachment = Snapshot['attachments'][number]

/** One mail with all that became of it: its second delivery bears the same mark. */
export interface Story {
  readonly mark: string
  /** As it was delivered first. */
  readonly mail: MadeMail
  readonly deliveries: readonly Delivered[]
  readonly rows: readonly InboundRow[]
  /** Made of its rows. */
  readonly messages: readonly Message[]
}

export interface Evidence {
  readonly ledgers: Ledgers
  readonly snapshot: Snapshot
  /** Of each delivered mail, in the order of the deliveries. */
  readonly stories: readonly Story[]
  readonly storyOf: ReadonlyMap<string, Story>
  readonly rowById: ReadonlyMap<string, InboundRow>
  readonly messageById: ReadonlyMap<string, Message>
  readonly attachmentsOf: ReadonlyMap<string, readonly Attachment[]>
  /** Messages in whose text the mark stands, whoever wrote them. */
  messagesSaying(mark: string): readonly Message[]
}

const markForm = /\[mark [^\]\s]{1,80}\]/g

/** The marks in a text, each once. */
export function marksIn(text: string): string[] {
  return [...new Set(text.match(markForm) ?? [])]
}

export function gatherEvidence(ledgers: Ledgers, snapshot: Snapshot): Evidence {
  const deliveriesOf = Map.groupBy(ledgers.delivered, ({ mail }) => mail.mark)
  const rowsOf = Map.groupBy(snapshot.inbound, ({ subject }) => marksIn(subject)[0] ?? '')
  const messagesOf = Map.groupBy(snapshot.messages, ({ inboundEmailId }) => inboundEmailId ?? '')
  const stories = [...deliveriesOf].map(([mark, deliveries]): Story => {
    const rows = rowsOf.get(mark) ?? []
    const first = deliveries.find(({ mail }) => mail.expects !== 'duplicate') ?? deliveries[0]
    return {
      mark,
      mail: (first as Delivered).mail,
      deliveries,
      rows,
      messages: rows.flatMap(({ id }) => messagesOf.get(id) ?? []),
    }
  })
  const saying = new Map<string, Message[]>()
  for (const message of snapshot.messages) {
    for (const mark of marksIn(message.text)) saying.set(mark, [...(saying.get(mark) ?? []), message])
  }
  return {
    ledgers,
    snapshot,
    stories,
    storyOf: new Map(stories.map((story) => [story.mark, story])),
    rowById: new Map(snapshot.inbound.map((row) => [row.id, row])),
    messageById: new Map(snapshot.messages.map((message) => [message.id, message])),
    attachmentsOf: Map.groupBy(snapshot.attachments, ({ messageId }) => messageId ?? ''),
    messagesSaying(mark) {
      // Marks of answers may have a form of their own.
      const isOfForm = marksIn(mark)[0] === mark
      return isOfForm ? (saying.get(mark) ?? []) : snapshot.messages.filter(({ text }) => text.includes(mark))
    },
  }
}

/** Where a mail lies, or lay; undefined for one that came another way. */
export function placeOf({ uidValidity, uid }: InboundRow): string | undefined {
  return uidValidity === null || uid === null ? undefined : `${uidValidity}/${uid}`
}

/** For a person: which mail is meant. */
export function nameOf({ mark, mail }: Story): string {
  return `${mark} of ${mail.from}${mail.messageId === null ? '' : ` (${mail.messageId})`}`
}
