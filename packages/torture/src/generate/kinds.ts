// What mails there are, and how often.

/** Of every deck of mails that open something, so many are of each kind. */
const deck = {
  plain: 7,
  html: 4,
  attachments: 5,
  'odd-subject': 4,
  'no-message-id': 2,
  /** The Message-ID of an earlier mail with other content: a mail of its own. */
  'reused-message-id': 2,
  /** The bytes of an earlier mail, delivered once more. */
  duplicate: 2,
  empty: 1,
  large: 1,
  'long-header': 1,
  /** A delivery report about a mail that nobody here sent. */
  bounce: 1,
  'auto-generated': 1,
  'auto-reply': 1,
  'too-many-parts': 1,
  'too-deep': 1,
} as const

/** `reply`: every third mail answers an earlier one; it looks like a plain, an HTML or an odd one, or has attachments. */
export type MailKind = keyof typeof deck | 'reply'

/** Kinds that open or end something of their own. */
export type OpeningKind = keyof typeof deck

const openingKinds = Object.keys(deck) as OpeningKind[]
export const mailKinds: readonly MailKind[] = [...openingKinds, 'reply']

/** Kinds one after the other, in an order of the seed's: each as often as the deck says before any comes again. */
export function* dealKinds(shape: readonly MailKind[], random: () => number): Generator<OpeningKind, never> {
  const cards = openingKinds
    .filter((kind) => shape.includes(kind))
    .flatMap((kind) => Array<OpeningKind>(deck[kind]).fill(kind))
  if (cards.length === 0) throw new RangeError('a shape needs a kind that opens something')
  for (;;) yield* shuffled(cards, random)
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)
}
