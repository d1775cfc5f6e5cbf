import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composeNotification } from '../outbound/compose-notification.ts'
import { readReply } from '../text/reply/read-reply.ts'
import { hasWordsInsideQuote, holdsOurWords, partsToSend, readAgentMail } from './agent-text.ts'
import type { ParsedPart } from './parsed-email.ts'

const stamp = { nonce: 'abcdefgh', now: new Date('2026-11-23T10:00:00Z'), tokenKeys: ['k'.repeat(32)] }
const url = 'https://desk.example/api/v1/tickets/'
const customersText = 'The engine does not turn any more.\nIt smokes out of the second valve.\n\nYours, Ada'
const notification = composeNotification(
  { name: 'Grace', address: 'grace@desk.example' },
  {
    event: 'customer_reply',
    as: 'assignee',
    who: 'Ada Lovelace',
    ticketNumber: '42',
    title: 'The engine is stuck',
    url: `${url}42`,
    text: customersText,
    files: 0,
    isUnverified: false,
    language: 'en',
    role: 'public',
    about: null,
  },
  { address: 'support@desk.example', displayName: 'Support', subAddressing: true, signature: '' },
  stamp,
).text

/** What a customer would get of this text, or that it is held. */
function published(text: string): string | 'held' {
  const reply = {
    ...readReply({ text, isReply: true, isForward: false, marked: [], isRendered: false }),
    htmlRanges: null,
  }
  const read = readAgentMail({ text, reply })
  const isMixed =
    holdsOurWords(read.text, [notification], [url]) || hasWordsInsideQuote({ text, reply }, [notification])
  return read.problems.length > 0 || isMixed ? 'held' : read.text
}

const quoted = notification.replace(/^/gm, '> ')
const wrapped = notification.replace(/(.{1,40}) /g, '$1\n')
const attribution = 'On Mon, 23 Nov 2026 at 10:00, Ada Lovelace – Support <support@desk.example> wrote:'

describe('of an answer goes to the customer only what was written now', () => {
  test.each([
    ['quoted below an attribution', `Turn it.\n\n${attribution}\n\n${quoted}`],
    ['repeated below an attribution', `Turn it.\n\n${attribution}\n\n${notification}`],
    ['repeated without anything between', `Turn it.\n\n${notification}`],
    [
      'below a header block',
      `Turn it.\n\nFrom: Support\nSent: Monday\nTo: Grace\nSubject: [#42] Stuck\n\n${notification}`,
    ],
    ['with a signature', `Turn it.\n\n-- \nGrace\nInternal extension 7\n\n${attribution}\n${quoted}`],
    ['after commands', `#close\n#tag valve\n\nTurn it.\n\n${attribution}\n${quoted}`],
  ])('%s', (_how, text) => {
    expect(published(text)).toBe('Turn it.')
  })
})

describe('is held', () => {
  test.each([
    [
      'what repeats the notification below no boundary',
      `Turn it.\n\n${notification.split('\n').slice(1).join('\n')}`,
    ],
    ['what repeats it, wrapped anew', `Turn it.\n\n${wrapped.split('\n').slice(3).join('\n')}`],
    ['an answer written below a notification that nothing marks', `${notification}\nTurn it.`],
    ['a link into the desk', `See ${url}42`],
    ['an address with a token', 'Write to support+t1.42.iabcdefgh.aaaaaaaaaaaaaaaaaaaa@desk.example'],
    ['lines of the customer without quote marks', `Turn it.\n\n${customersText}`],
    ['nothing but a quote', quoted],
    [
      'an answer written into the notification, which would be cut with it',
      `See below.\n\n${attribution}\n\n${notification.replace('second valve.', 'second valve.\n\nLet it smoke.')}`,
    ],
  ])('%s', (_what, text) => {
    expect(published(text)).toBe('held')
  })
})

test('the customer’s lines may be answered one by one, behind quote marks', () => {
  const text = '> The engine does not turn any more.\nTurn it.\n> It smokes out of the second valve.\nLet it.'
  expect(published(text)).toBe(text)
})

test('one sentence of the customer may be taken up', () => {
  const text = 'You wrote:\nThe engine does not turn any more.\nWhy?'
  expect(published(text)).toBe(text)
})

test('whatever an agent writes and however a program quotes, no token, link or line of ours leaves', () => {
  const lines = notification.split('\n')
  const telling = lines.filter((line) => !line.startsWith('    ') && line.length > 30)
  fc.assert(
    fc.property(
      fc.array(fc.lorem({ maxCount: 6 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: lines.length - 1 }),
      fc.integer({ min: 1, max: lines.length }),
      fc.constantFrom('', '> ', '>', '| ', '  ', '>> '),
      fc.constantFrom('', attribution, '-----Original Message-----', '________________'),
      fc.boolean(),
      (written, from, count, mark, introduced, isAbove) => {
        const part = lines.slice(from, from + count).map((line) => `${mark}${line}`)
        const blocks = [written.join('\n'), [introduced, ...part].filter(Boolean).join('\n')]
        const sent = published((isAbove ? blocks : blocks.reverse()).join('\n\n'))
        expect(sent).not.toMatch(/t1\.\d+\.[pi]/)
        expect(sent).not.toContain(url)
        for (const line of telling) expect(sent).not.toContain(line)
      },
    ),
    { numRuns: 500 },
  )
})

describe('files', () => {
  const part = (path: string, more: Partial<ParsedPart> = {}): ParsedPart => ({
    path,
    filename: `${path}.pdf`,
    contentType: 'application/pdf',
    size: 1,
    blob: 'b' as never,
    disposition: 'attachment',
    contentId: null,
    ...more,
  })
  const paths = (parts: readonly ParsedPart[], html: string | null = null, attachedMails: never[] = []) =>
    partsToSend({
      parts,
      attachedMails,
      html,
      reply: {
        ranges: [],
        htmlRanges: html === null ? null : [{ kind: 'reply', start: 0, end: 30 }],
        reasons: [],
      },
    }).map(({ path }) => path)

  test('go along, but for signatures and pictures that only the quote shows', () => {
    const html = '<p><img src="cid:new"></p>     <blockquote><img src="cid:old"></blockquote>'
    expect(
      paths(
        [
          part('1'),
          part('2', { disposition: 'inline', contentId: 'new' }),
          part('3', { disposition: 'inline', contentId: 'old' }),
          part('4', { role: 'signature' }),
        ],
        html,
      ),
    ).toEqual(['1', '2'])
  })

  test('a notification attached as a mail stays here', () => {
    const mail = {
      path: '2',
      from: [],
      to: [],
      cc: [],
      date: null,
      subject: '',
      messageId: null,
      text: notification,
    }
    expect(paths([part('1'), part('2'), part('2.1')], null, [mail as never])).toEqual(['1'])
  })
})
