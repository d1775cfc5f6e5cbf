import { anAddress, anEmail, type EmailFields } from '@maildesk/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rfc822Id } from '../../ids.ts'
import type { AttachedMail } from '../../inbound/attached-mail.ts'
import type { ForwardedMail } from './forwarded.ts'
import { readForward } from './read-forward.ts'
import { forwardsByClient } from './testing/forwards-by-client.ts'
import { forwardsByLanguage } from './testing/forwards-by-language.ts'

const read = (text: string, subject = 'Fwd: The engine', fields: EmailFields = {}) =>
  readForward(anEmail({ text, subject, headers: { date: 'Sat, 2 May 2026 09:00:00 +0200' }, ...fields }))
const body = 'Hello,\n\nit does not turn.\n\nAda'
const block =
  'From: Ada Lovelace <ada@customer.example>\nDate: 1 May 2026 10:15\nSubject: The engine\nTo: help@desk.example\n'
const mark = '---------- Forwarded message ---------\n'

test.each(forwardsByClient)('a forward of $shows is read', ({ subject, text, date, to }) => {
  const found = read(text, subject) as ForwardedMail
  expect(found).toMatchObject({
    ambiguous: false,
    how: 'block',
    from: { name: 'Ada Lovelace', address: 'ada@customer.example' },
    date,
    subject: 'The engine',
    comment: 'Please look.',
  })
  expect(found.to.map(({ address }) => address)).toEqual(to ?? ['help@desk.example'])
  expect(found.text.replaceAll('\r', '').replace(/^> ?/gm, '')).toBe(body)
})

test.each(forwardsByLanguage)(
  'a forward in %s is read',
  (_, prefix, drawn, from, date, to, subject, written) => {
    const text = `Please look.\n\n${drawn}\n${from}: Ada Lovelace <ada@customer.example>\n${date}: ${written}\n${to}: Desk <help@desk.example>\n${subject}: The engine\n\n${body}\n`
    expect(read(text, `${prefix}: The engine`)).toMatchObject({
      ambiguous: false,
      from: { name: 'Ada Lovelace', address: 'ada@customer.example' },
      to: [{ name: 'Desk', address: 'help@desk.example' }],
      date: '2026-05-01T08:15:00.000Z',
      dateText: written,
      subject: 'The engine',
      text: body,
      comment: 'Please look.',
    })
  },
)

describe('a forward is recognised', () => {
  test.each([
    ['by its mark, whatever the subject', 'Look at this', `${mark}${block}\n${body}`],
    ['by its mark in a reply', 'Re: The engine', `As promised.\n\n${mark}${block}\n${body}`],
    ['by its subject behind the tag of a list', '[team] Fwd: The engine', `${block}\n${body}`],
    [
      'when the forwarder is its author',
      'Fwd: The engine',
      `${block.replace('Ada Lovelace <ada@', '<ada@')}\n${body}`,
    ],
    [
      'when it is all quoted',
      'Fwd: The engine',
      `> ${block.trimEnd().replaceAll('\n', '\n> ')}\n>\n> ${body.replaceAll('\n', '\n> ')}`,
    ],
  ])('%s', (_, subject, text) => {
    expect(read(text, subject)).toMatchObject({
      ambiguous: false,
      from: { address: 'ada@customer.example' },
      text: body,
    })
  })
})

describe('no forward is', () => {
  const quoted = `> ${mark}> ${block.trimEnd().replaceAll('\n', '\n> ')}\n>\n> ${body.replaceAll('\n', '\n> ')}`
  test.each([
    ['a mail of its own', 'The engine', body],
    ['a forward subject alone', 'Fwd: The engine', body],
    ['a reply above a block', 'Re: The engine', `Thanks.\n\n${block}\n${body}`],
    [
      'a reply above an original message',
      'AW: The engine',
      `Thanks.\n\n-----Original Message-----\n${block}\n${body}`,
    ],
    ['a mail with a block but neither mark nor subject', 'The engine', `Thanks.\n\n${block}\n${body}`],
    [
      'a Finnish reply',
      'VS: Moottori',
      `Kiitos.\n\nLähettäjä: Ada <ada@customer.example>\nLähetetty: 1. toukokuuta 2026 10.15\nVastaanottaja: help@desk.example\nAihe: Moottori\n\nHei`,
    ],
    [
      'a reply to a forward, quoted',
      'Re: Fwd: The engine',
      `Thanks.\n\nOn Fri, 1 May 2026 at 10:15, Bob <bob@desk.example> wrote:\n> See below.\n>\n${quoted}`,
    ],
    ['a reply to a forward, quoted at once', 'Re: Fwd: The engine', `Thanks.\n\n${quoted}`],
    [
      'a reply to a forward, not quoted',
      'Re: Fwd: The engine',
      `Thanks.\n\nOn Fri, 1 May 2026 at 10:15, Bob <bob@desk.example> wrote:\n\nSee below.\n\n${mark}${block}\n${body}`,
    ],
    [
      'a reply to a forward below a block',
      'RE: Fwd: The engine',
      `Thanks.\n\n${block}\nSee below.\n\n${mark}${block}\n${body}`,
    ],
    ['prose', 'Fwd: Forwarding', 'Forwarded messages\nFrom: what I see it works.\nTo: nobody\n'],
  ])('%s', (_, subject, text) => {
    expect(read(text, subject)).toBeNull()
  })

  test('a delivery report or an out-of-office note, whatever it holds', () => {
    expect(
      read(`${mark}${block}\n${body}`, 'Fwd: x', { headers: { 'auto-submitted': 'auto-replied' } }),
    ).toBeNull()
  })
})

test('a reply above an original message that is a forward is none', () => {
  const text = `Thanks.\n\n-----Original Message-----\n\nSee below.\n\n${mark}${block}\n${body}`
  expect(read(text, 'Re: Fwd: The engine')).toBeNull()
})

describe('of forwards in forwards', () => {
  const inner = `${mark}From: Eve <eve@customer.example>\nDate: 30 April 2026 09:00\nSubject: The engine\nTo: Ada <ada@customer.example>\n\nIt stopped.`

  test('the outermost is the one passed on, and its text holds the rest', () => {
    const found = read(`${mark}${block.replace('Subject: ', 'Subject: Fwd: ')}\nLook, Bob.\n\n${inner}`)
    expect(found).toMatchObject({ ambiguous: false, from: { address: 'ada@customer.example' } })
    expect((found as ForwardedMail).text).toBe(`Look, Bob.\n\n${inner}`)
  })

  test('one that its author was sent lies inside, whatever its subject', () => {
    const text = `${mark}${block}\nLook, Bob.\n\n${inner.replace('The engine', 'Something else')}`
    expect(read(text)).toMatchObject({ ambiguous: false, from: { address: 'ada@customer.example' } })
  })

  test('two beside one another leave the sender open', () => {
    const other = `${mark}From: Eve <eve@other.example>\nDate: 30 April 2026 09:00\nSubject: The bill\nTo: help@desk.example\n\nPlease pay.`
    const found = read(`Two for you.\n\n${mark}${block}\n${body}\n\n${other}`)
    expect(found).toMatchObject({
      ambiguous: true,
      candidates: [{ address: 'ada@customer.example' }, { address: 'eve@other.example' }],
    })
    expect(found?.reasons.map(({ rule }) => rule)).toEqual([
      'forward-marker',
      'forward-subject',
      'several-blocks',
    ])
  })
})

describe('the sender is open', () => {
  test.each([
    [
      'when the block names no address',
      `${mark}From: Ada Lovelace\nDate: 1 May 2026\nSubject: x\n\nWrite to eve@evil.example`,
      [],
    ],
    [
      'when it names two',
      `${mark}From: <ada@customer.example>, <eve@other.example>\nDate: 1 May 2026\n\nHi`,
      ['ada@customer.example', 'eve@other.example'],
    ],
    [
      'when no block follows the mark',
      `${mark}\nHello from eve@evil.example and cid:image001.png@01D9.A1\n`,
      [],
    ],
    [
      'when the address is none',
      `${mark}From: Ada <ada at customer>\nDate: 1 May 2026\nSubject: x\n\nHi`,
      [],
    ],
  ])('%s', (_, text, candidates) => {
    const found = read(text)
    expect(found?.ambiguous).toBe(true)
    expect(found?.ambiguous && found.candidates.map(({ address }) => address)).toEqual(candidates)
  })
})

test('an address in a display name is a name', () => {
  const text = `${mark}From: "boss@desk.example" <eve@evil.example>\nDate: 1 May 2026\nSubject: x\n\nHi`
  expect(read(text)).toMatchObject({ from: { name: 'boss@desk.example', address: 'eve@evil.example' } })
})

test('what stands below a quoted forward is the forwarder’s', () => {
  const text = `> Begin forwarded message:\n>\n> ${block.trimEnd().replaceAll('\n', '\n> ')}\n>\n> Hello\n\n-- \nBob`
  expect(read(text)).toMatchObject({ text: 'Hello', comment: '', commentBelow: '-- \nBob' })
})

describe('an attached mail', () => {
  const attached: AttachedMail = {
    path: '2',
    from: [anAddress('ada@customer.example', 'Ada')],
    to: [anAddress('help@desk.example')],
    cc: [],
    date: '2026-05-01T08:15:00.000Z',
    subject: 'The engine',
    messageId: 'a1@customer.example' as Rfc822Id,
    text: body,
  }

  test('is what the mail passes on', () => {
    expect(read('Please look.\n', 'The engine', { attachedMails: [attached] })).toEqual({
      ambiguous: false,
      how: 'rfc822',
      from: attached.from[0],
      to: attached.to,
      cc: [],
      date: attached.date,
      dateText: attached.date,
      subject: 'The engine',
      text: body,
      comment: 'Please look.',
      commentBelow: '',
      messageId: 'a1@customer.example',
      reasons: [{ rule: 'attached-mail', evidence: 'The engine' }],
    })
  })

  test('counts with the mails inside it as one', () => {
    const inner = { ...attached, path: '2.1', from: [anAddress('eve@other.example')] }
    expect(read('', 'x', { attachedMails: [attached, inner] })).toMatchObject({ ambiguous: false })
  })

  test('beside another leaves the sender open', () => {
    const other = { ...attached, path: '3', from: [anAddress('eve@other.example')] }
    expect(read('', 'x', { attachedMails: [attached, other] })).toMatchObject({
      ambiguous: true,
      candidates: [{ address: 'ada@customer.example' }, { address: 'eve@other.example' }],
    })
  })

  test.each([
    ['a reply', 'Re: x', {}],
    ['a digest', 'x', { headers: { 'content-type': 'multipart/digest; boundary=x' } }],
    [
      'a delivery report',
      'x',
      { headers: { 'content-type': 'multipart/report; report-type=delivery-status' } },
    ],
  ])('of %s is not passed on', (_, subject, fields) => {
    expect(read('', subject, { attachedMails: [attached], ...fields })).toBeNull()
  })

  test('goes before a block that says the same, and behind one that does not', () => {
    const text = `${mark}${block}\n${body}`
    expect(read(text, 'Fwd: x', { attachedMails: [attached] })).toMatchObject({ how: 'rfc822' })
    const other = { ...attached, from: [anAddress('eve@other.example')] }
    expect(read(text, 'Fwd: x', { attachedMails: [other] })).toMatchObject({ how: 'block' })
  })

  test('without an author leaves the sender open', () => {
    expect(read('', 'x', { attachedMails: [{ ...attached, from: [] }] })).toMatchObject({
      ambiguous: true,
      candidates: [],
    })
  })
})

const piece = fc.oneof(
  fc.constantFrom(
    mark,
    block,
    '> ',
    '\n',
    'From:',
    'Von: Ada <a@b.example>\nDatum: 1. Mai 2026\n',
    '-----',
    'x@y.example',
    ':',
    '"',
    '<',
  ),
  fc.string({ unit: 'binary', maxLength: 10 }),
)
const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

test('whatever the text, what is read of it stands in it', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom('Fwd: x', 'Re: x', 'VS: x', 'x'), (text, subject) => {
      const found = read(text, subject)
      if (!found || found.ambiguous) return
      expect(text).toContain(found.from.address)
      expect(text).toContain(found.comment)
      expect(text).toContain(found.commentBelow)
      const bare = (quoted: string) => quoted.replace(/[>\s]/g, '')
      expect(bare(text)).toContain(bare(found.text))
    }),
    { numRuns: 1000 },
  )
})

// What is not linear does not end within the time a test may take.
test('hostile texts take no time', () => {
  const pieces = [
    mark,
    `${mark}${block}`,
    block,
    '> ',
    '>\n',
    'From: <<<<\n',
    '-'.repeat(6),
    '"',
    'a@',
    '<a@b',
    'x:\n',
    ' \n',
    '> From: a@b.example\n> To: x\n',
  ]
  for (const repeated of pieces) read(repeated.repeat(Math.ceil(200_000 / repeated.length)), 'Fwd: x')
  for (const repeated of ['[a]', 'Fwd', '(', '[Fwd', ' ']) read('', repeated.repeat(50_000))
})
