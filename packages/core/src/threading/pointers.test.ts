import { anAddress, anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import { pointersOf, recipientAddresses } from './pointers.ts'
import { signReplyToken, tokenAddress, tokenMessageId } from './reply-token.ts'

const keys = ['k'.repeat(32)]
const tokenOf = (ticketNumber: string, nonce = 'abcdefgh', role: 'public' | 'internal' = 'public') =>
  signReplyToken({ ticketNumber, role, nonce }, keys)
const addressOf = (token: string) => tokenAddress('support@desk.example', token) ?? ''
const idOf = (token: string) => tokenMessageId(token, 'desk.example')
/** Without the two that nearly every mail has; they have tests of their own. */
const strong = (email: Parameters<typeof pointersOf>[0]) =>
  pointersOf(email, keys).filter(({ rank }) => rank !== 'E6' && rank !== 'E8')
const ranks = (email: Parameters<typeof pointersOf>[0]) => strong(email).map(({ rank }) => rank)

test('a mail that answers nothing points nowhere but to its own subject', () => {
  expect(pointersOf(anEmail({ messageId: null, subject: '' }), keys)).toEqual([])
  expect(pointersOf(anEmail({ messageId: null, subject: 'Re: Stuck [#0]' }), keys)).toEqual([
    { rank: 'E8', matched: 'Stuck [#0]', by: 'subject', subject: 'Stuck [#0]' },
  ])
})

test('mails it refers to are asked for as ancestors too, each once, and it itself as one that was answered', () => {
  const email = anEmail({
    subject: '',
    messageId: 'c@x.example',
    inReplyTo: ['b@x.example'],
    references: ['a@x.example', 'b@x.example'],
  })
  expect(pointersOf(email, keys).filter(({ rank }) => rank === 'E6')).toEqual([
    { rank: 'E6', matched: 'b@x.example', by: 'ancestor', rfc822Id: 'b@x.example' },
    { rank: 'E6', matched: 'a@x.example', by: 'ancestor', rfc822Id: 'a@x.example' },
    { rank: 'E6', matched: 'c@x.example', by: 'answered', rfc822Id: 'c@x.example' },
  ])
})

describe('a token in the body', () => {
  test('counts less than one in a field, wherever it stands in text or HTML, each once', () => {
    const text = `> Ref: ${tokenOf('3')}\n> Ref: ${tokenOf('3')}`
    const html = `<p data-maildesk-ref="${tokenOf('4')}">Hello</p>`
    expect(strong(anEmail({ text, html }))).toMatchObject([
      { rank: 'E3', ticketNumber: '3' },
      { rank: 'E3', ticketNumber: '4' },
    ])
  })

  test('is no pointer when no key of ours signed it', () => {
    expect(ranks(anEmail({ text: tokenOf('3').replace(/.$/, '2') + tokenOf('3').slice(0, -1) }))).toEqual([])
  })
})

test('pointers come strongest first, whatever order the mail has them in', () => {
  const email = anEmail({
    subject: 'Re: broken [#5]',
    to: [anAddress(addressOf(tokenOf('1')))],
    inReplyTo: ['parent@customer.example'],
    references: [idOf(tokenOf('2')), 'root@customer.example', 'parent@customer.example'],
  })
  expect(strong(email)).toEqual([
    {
      rank: 'E1',
      matched: addressOf(tokenOf('1')),
      by: 'token',
      ticketNumber: '1',
      nonce: 'abcdefgh',
      internal: false,
    },
    {
      rank: 'E2',
      matched: idOf(tokenOf('2')),
      by: 'token',
      ticketNumber: '2',
      nonce: 'abcdefgh',
      internal: false,
    },
    { rank: 'E4', matched: 'parent@customer.example', by: 'message-id', rfc822Id: 'parent@customer.example' },
    { rank: 'E5', matched: 'root@customer.example', by: 'message-id', rfc822Id: 'root@customer.example' },
    { rank: 'E5', matched: idOf(tokenOf('2')), by: 'message-id', rfc822Id: idOf(tokenOf('2')) },
    { rank: 'E7', matched: '[#5]', by: 'number', ticketNumber: '5' },
  ])
})

test('of References the nearest, which stands last, comes first', () => {
  const references = ['a@x.example', 'b@x.example', 'c@x.example']
  expect(strong(anEmail({ references })).map(({ matched }) => matched)).toEqual(references.toReversed())
})

test('of our own Message-IDs the one in In-Reply-To comes before those in References', () => {
  const email = anEmail({
    inReplyTo: [idOf(tokenOf('1'))],
    references: [idOf(tokenOf('2')), idOf(tokenOf('3'))],
  })
  const numbers = pointersOf(email, keys).flatMap((pointer) =>
    pointer.by === 'token' ? [pointer.ticketNumber] : [],
  )
  expect(numbers).toEqual(['1', '3', '2'])
})

test('a token for internal answers says so', () => {
  const email = anEmail({ to: [anAddress(addressOf(tokenOf('1', 'abcdefgh', 'internal')))] })
  expect(pointersOf(email, keys)[0]).toMatchObject({ rank: 'E1', internal: true })
})

describe('a token counts', () => {
  const token = addressOf(tokenOf('7'))
  const fields = [
    'delivered-to',
    'x-original-to',
    'envelope-to',
    'x-envelope-to',
    'x-forwarded-to',
    'bcc',
    'resent-to',
    'resent-cc',
  ]

  test.each(fields)('in %s, alone or among others', (name) => {
    for (const value of [
      token,
      `<${token}>`,
      `"Support, desk" <${token}>, other@desk.example`,
      token.toUpperCase(),
    ]) {
      expect(strong(anEmail({ headers: { [name]: value } }))).toMatchObject([
        { rank: 'E1', ticketNumber: '7' },
      ])
    }
  })

  test('in Cc', () => {
    expect(ranks(anEmail({ cc: [anAddress(token)] }))).toEqual(['E1'])
  })

  test.each(['x-mailer', 'reply-to', 'thread-topic'])('not in %s', (name) => {
    expect(ranks(anEmail({ headers: { [name]: token } }))).toEqual([])
  })

  test('not in the name of an addressee or the subject', () => {
    expect(ranks(anEmail({ subject: token, to: [anAddress('support@desk.example', token)] }))).toEqual([])
  })
})

test('a forged token is no pointer, and no reason to overlook the rest', () => {
  const forged = tokenOf('1').replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
  const strange = signReplyToken({ ticketNumber: '1', role: 'public', nonce: 'abcdefgh' }, ['z'.repeat(32)])
  const email = anEmail({
    to: [anAddress(addressOf(forged)), anAddress(addressOf(strange))],
    inReplyTo: [idOf(forged)],
    subject: 'Re: [#1]',
  })
  // A forged Message-ID is still looked up among those we hold; it will not be there.
  expect(ranks(email)).toEqual(['E4', 'E7'])
})

test('an id both in In-Reply-To and in References is one pointer to a mail', () => {
  expect(ranks(anEmail({ inReplyTo: ['a@x.example'], references: ['a@x.example'] }))).toEqual(['E4'])
})

test('a mail with thousands of references costs a bounded number of look-ups, and its number still counts', () => {
  const references = Array.from({ length: 5000 }, (_, index) => `${index}@x.example`)
  const pointers = pointersOf(anEmail({ references, subject: '[#9]' }), keys)
  expect(pointers).toHaveLength(59)
  expect(pointers[0]).toMatchObject({ matched: '4999@x.example' })
  expect(pointers.at(-1)).toMatchObject({ rank: 'E7' })
})

test('every address the mail was for is told once, those of the delivery first', () => {
  const email = anEmail({
    headers: { 'delivered-to': 'a@desk.example' },
    to: [anAddress('a@desk.example'), anAddress('b@desk.example'), anAddress('')],
  })
  expect(recipientAddresses(email)).toEqual(['a@desk.example', 'b@desk.example'])
})

test('hostile delivery fields and addressees take no time', () => {
  const headers = {
    'delivered-to': Array(100).fill('a'.repeat(10_000)),
    'x-original-to': Array(100).fill('@'.repeat(10_000)),
  }
  const to = [anAddress('+t1.'.repeat(60_000))]
  pointersOf(anEmail({ headers, to, subject: '[#'.repeat(100_000) }), keys)
})
