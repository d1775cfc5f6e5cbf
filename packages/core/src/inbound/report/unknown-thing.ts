// "No such mailbox", "recipient … was not found", "unknown destination domain": the sentence that every server words in
// its own way, read from its parts: a thing, and beside it that the thing is not there.

/** What an address leads to. */
const userNouns = new Set([
  ...['user', 'users', 'username', 'recipient', 'recipients', 'mailbox', 'mailboxes', 'account', 'address'],
  ...['addressee', 'person', 'customer', 'alias', 'inbox', 'mailaddress', 'rcpt', 'userid'],
])
/** What stands behind the at-sign. */
const hostNouns = new Set(['domain', 'host', 'hostname'])
/** One word that says a thing is not there, before or after it. */
const unknownWords = new Set([
  ...['unknown', 'nonexistent', 'non-existent', 'nonexisting', 'non-existing', 'inexistent', 'nonexistant'],
  ...['unrecognized', 'unrecognised', 'undefined'],
])
/** Words that may stand between the thing and what is said of it; names of things (`ada`, `<@>`, `x.example`) may too. */
const fillers = new Set([
  ...[
    'a',
    'an',
    'the',
    'this',
    'that',
    'by',
    'is',
    'was',
    'are',
    'were',
    'does',
    'do',
    'did',
    'has',
    'have',
    'been',
  ],
  ...[
    'be',
    'can',
    'could',
    'or',
    'and',
    'in',
    'to',
    'of',
    'local',
    'mail',
    'e-mail',
    'email',
    'valid',
    'known',
  ],
  ...[
    'existing',
    'destination',
    'target',
    'remote',
    'virtual',
    'recipient',
    'specified',
    'given',
    'requested',
  ],
  ...[
    'name',
    'id',
    'currently',
    'here',
    'such',
    'you',
    'entered',
    'typed',
    'your',
    'intended',
    'illegal',
    'invalid',
  ],
])
/** Whose the thing is when it is not the recipient's. */
const others = new Set([
  ...[
    'sender',
    'senders',
    'sending',
    'from',
    'helo',
    'ehlo',
    'client',
    'reverse',
    'ptr',
    'return',
    'relay',
    'your',
  ],
  ...['originating', 'originator', 'certificate', 'smtp', 'mail-from', 'spf', 'dkim', 'source', 'connecting'],
])
/** Words after a `not` that make it "not there". */
const notThere = new Set([
  ...[
    'found',
    'exist',
    'exists',
    'existing',
    'known',
    'valid',
    'recognized',
    'recognised',
    'listed',
    'present',
  ],
  ...['registered', 'located', 'defined', 'resolved'],
])
const negations = new Set([
  'not',
  "doesn't",
  "isn't",
  "wasn't",
  "couldn't",
  "can't",
  'cannot',
  "don't",
  'never',
  "aren't",
])
/** Words between the thing and the sentence about it, or between a negation and what it denies. */
const maxBetween = 4
const maxWords = 600

/** Which thing the (lower-case) text says is not there; undefined when it says no such thing. Linear in the text. */
export function unknownThing(text: string): 'user' | 'host' | undefined {
  const words = text
    .slice(0, 4_000)
    .split(' ', maxWords)
    .map((word) => word.replace(/^[("'[<{*#]{1,4}|[)"'\]>}.,;:!?*]{1,4}$/g, ''))
  for (const [at, word] of words.entries()) {
    if (!isDenied(words, at)) continue
    const thing =
      thingBefore(words, at) ?? (isAdjective(word, words[at + 1]) ? thingAfter(words, at) : undefined)
    if (thing) return thing
  }
  return undefined
}

/** True when the word, with what follows, says that something is not there. */
function isDenied(words: readonly string[], at: number): boolean {
  const word = words[at] ?? ''
  if (unknownWords.has(word) || (word === 'no' && words[at + 1] === 'such')) return true
  if (!negations.has(word)) return false
  for (const next of words.slice(at + 1, at + 1 + maxBetween)) {
    if (notThere.has(next)) return true
    if (!fillers.has(next)) return false
  }
  return false
}

/** `unknown user`, `no such domain`, `not a known user`: what is denied comes after. */
function isAdjective(word: string, next: string | undefined): boolean {
  return unknownWords.has(word) || word === 'no' || (negations.has(word) && (next === 'a' || next === 'an'))
}

function thingBefore(words: readonly string[], at: number): 'user' | 'host' | undefined {
  for (let index = at - 1; index >= Math.max(0, at - maxBetween); index -= 1) {
    const word = words[index] ?? ''
    const thing = thingOf(word)
    if (thing) return isOfOthers(words, index) ? undefined : thing
    if (!fillers.has(word) && !isName(word)) return undefined
  }
  return undefined
}

function thingAfter(words: readonly string[], at: number): 'user' | 'host' | undefined {
  for (let index = at + 1; index <= at + maxBetween; index += 1) {
    const word = words[index] ?? ''
    const thing = thingOf(word)
    if (thing) return isOfOthers(words, index) ? undefined : thing
    if (!fillers.has(word) && !notThere.has(word)) return undefined
  }
  return undefined
}

function thingOf(word: string): 'user' | 'host' | undefined {
  if (userNouns.has(word)) return 'user'
  return hostNouns.has(word) ? 'host' : undefined
}

function isOfOthers(words: readonly string[], index: number): boolean {
  return words.slice(Math.max(0, index - 2), index).some((word) => others.has(word))
}

/** The name of the thing itself: an address (already `@`), a host name, something quoted. */
function isName(word: string): boolean {
  return word.includes('@') || word === '' || /^[a-z0-9][\w-]{0,60}(?:\.[\w-]{1,60}){1,8}$/.test(word)
}
