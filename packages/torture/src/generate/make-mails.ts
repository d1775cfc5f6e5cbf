// Mail of every kind that a desk gets, in an order in which a parent comes first. The same arguments give the same bytes.
import { seededRandom } from '@maildesk/testkit/seeded-random'
import type { MadeMail } from '../contracts.ts'
import { type Content, type ContentKind, contentOf, sharedFiles } from './contents.ts'
import { dealKinds, type MailKind, mailKinds, type OpeningKind } from './kinds.ts'
import { factsOf, type MadeFile, mailOf } from './mime.ts'
import { pick } from './words.ts'

export interface MailPlan {
  readonly seed: number
  readonly count: number
  /** Address of the desk. */
  readonly to: string
  /** Only these kinds, replies looking like them too; all unless told. One of them must open something. */
  readonly shape?: readonly MailKind[]
}

export interface GeneratedMail extends MadeMail {
  readonly kind: MailKind
}

/** Milliseconds. Dates lie after it in no order, as the Date field decides nothing; not before, for old mail is not acknowledged. */
const earliestDate = Date.UTC(2099, 0, 1)
const dateSpread = 365 * 24 * 60 * 60 * 1000

/** Domains of the customers: of one domain, only so many mails are acknowledged within an hour. */
const domains = 50

const replyKinds = ['plain', 'html', 'attachments', 'odd-subject'] as const

/**
 * `count` mails to one mailbox. Every third answers an earlier one where there is one to answer.
 * @throws RangeError when no kind of `shape` opens anything.
 */
export function makeMails({ seed, count, to, shape = mailKinds }: MailPlan): GeneratedMail[] {
  const random = seededRandom(seed)
  const kinds = dealKinds(shape, random)
  const maker = new Maker({ seed, to, shape }, random)
  const mails: GeneratedMail[] = []
  for (let index = 0; index < count; index += 1) {
    const isReply = index % 3 === 2 && shape.includes('reply')
    const made = (isReply ? maker.reply(index) : undefined) ?? maker.open(index, kinds.next().value)
    mails.push(made)
  }
  return mails
}

interface Identity {
  readonly messageId: string | null
  readonly rootMark: string
  readonly from: string
  /** Fields that place it, such as References. */
  readonly fields: readonly string[]
}

/** Remembers what may be answered, delivered again or imitated. */
class Maker {
  readonly #seed: number
  readonly #to: string
  readonly #replyKinds: readonly ContentKind[]
  readonly #random: () => number
  readonly #files: readonly MadeFile[]
  /** Filed, of people, and with a Message-ID that is theirs alone. */
  readonly #answerable: GeneratedMail[] = []
  /** Message-IDs up to it, oldest first, by mark. */
  readonly #threads = new Map<string, readonly string[]>()
  readonly #answered = new Set<string>()

  constructor({ seed, to, shape }: Required<Omit<MailPlan, 'count'>>, random: () => number) {
    this.#seed = seed
    this.#to = to
    const wanted = replyKinds.filter((kind) => shape.includes(kind))
    this.#replyKinds = wanted.length > 0 ? wanted : ['plain']
    this.#random = random
    this.#files = sharedFiles(random)
  }

  /** An answer to an earlier mail by its writer; undefined while there is none. */
  reply(index: number): GeneratedMail | undefined {
    if (this.#answerable.length === 0) return undefined
    const parent = pick(this.#answerable, this.#random)
    const above = this.#threads.get(parent.mark) ?? []
    this.#answered.add(parent.mark)
    const messageId = this.#idOf(index)
    const mail = this.#make(index, 'reply', pick(this.#replyKinds, this.#random), {
      messageId,
      rootMark: parent.rootMark,
      from: parent.from,
      fields: [
        `In-Reply-To: <${parent.messageId}>`,
        `References: ${above.map((id) => `<${id}>`).join('\r\n ')}`,
      ],
    })
    this.#remember(mail, above)
    return mail
  }

  /** A mail of this kind, or a plain one where it needs an earlier mail and there is none. */
  open(index: number, kind: OpeningKind): GeneratedMail {
    if (kind === 'duplicate') return this.#again(index) ?? this.open(index, 'plain')
    const from = `customer-${this.#seed}-${index}@customer-${index % domains}.test`
    const own: Identity = { messageId: this.#idOf(index), rootMark: this.#markOf(index), from, fields: [] }
    if (kind === 'reused-message-id') {
      const victim = this.#takeVictim()
      return victim
        ? this.#make(index, kind, 'plain', { ...own, messageId: victim.messageId })
        : this.open(index, 'plain')
    }
    if (kind === 'no-message-id') return this.#make(index, kind, 'plain', { ...own, messageId: null })
    const mail = this.#make(index, kind, kind, own)
    if (mail.expects === 'filed' && !mail.isAutomatic) this.#remember(mail, [])
    return mail
  }

  #again(index: number): GeneratedMail | undefined {
    if (this.#answerable.length === 0) return undefined
    const first = pick(this.#answerable, this.#random)
    return { ...first, index, kind: 'duplicate', expects: 'duplicate' }
  }

  /** Of an unanswered mail, and nothing answers it later: whom an answer to either is for, nobody could tell. */
  #takeVictim(): GeneratedMail | undefined {
    const at = this.#answerable.findLastIndex(({ mark }) => !this.#answered.has(mark))
    return at === -1 ? undefined : this.#answerable.splice(at, 1)[0]
  }

  #make(index: number, kind: MailKind, contentKind: ContentKind, identity: Identity): GeneratedMail {
    const mark = this.#markOf(index)
    const content: Content = contentOf(contentKind, { mark, files: this.#files, random: this.#random })
    const { messageId, rootMark, fields } = identity
    const from = content.from ?? identity.from
    const date = new Date(earliestDate + Math.floor(this.#random() * dateSpread))
    const subject = content.subject ?? `${kind === 'reply' ? 'Re: ' : ''}Question ${mark}`
    const head = [
      `From: ${content.from === undefined ? `Customer ${index} ` : ''}<${from}>`,
      `To: ${this.#to}`,
      `Subject: ${subject}`,
      `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
      ...(messageId === null ? [] : [`Message-ID: <${messageId}>`]),
      ...fields,
      ...(content.fields ?? []),
    ]
    return {
      index,
      kind,
      messageId,
      mark,
      rootMark,
      from,
      raw: mailOf(head, content.entity),
      expects: content.expects ?? 'filed',
      isAutomatic: content.isAutomatic ?? false,
      attachments: (content.files ?? []).map(factsOf),
    }
  }

  #remember(mail: GeneratedMail, above: readonly string[]): void {
    if (mail.messageId === null) return
    this.#answerable.push(mail)
    this.#threads.set(mail.mark, [...above, mail.messageId])
  }

  #markOf(index: number): string {
    return `[mark ${this.#seed}-${index}]`
  }

  #idOf(index: number): string {
    return `mail-${this.#seed}-${index}@customer.test`
  }
}
