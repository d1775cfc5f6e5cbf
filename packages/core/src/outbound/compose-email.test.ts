import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rfc822Id } from '../ids.ts'
import { tokenOfAddress, tokenOfMessageId, verifyReplyToken } from '../threading/reply-token.ts'
import {
  type AnsweredMail,
  composeReply,
  referencesFor,
  type SendingMailbox,
  type Stamp,
  type Thread,
} from './compose-email.ts'

const mailbox: SendingMailbox = {
  address: 'support@desk.example',
  displayName: 'Desk',
  subAddressing: true,
  signature: 'The desk',
}
const stamp: Stamp = { nonce: 'abcdefgh', now: new Date('2026-11-22T10:00:00Z'), tokenKeys: ['k'.repeat(32)] }
const answered: AnsweredMail = {
  messageId: 'second@customer.example' as Rfc822Id,
  references: ['first@customer.example' as Rfc822Id],
  subject: 'Re: Stuck [#42]',
}
const thread: Thread = { ticketNumber: '42', answered, title: 'Stuck' }
const draft = {
  to: { name: 'Ada', address: 'ada@customer.example' },
  authorName: 'Grace',
  text: 'Turn it off and on.\n\n',
}
const token = { ticketNumber: '42', role: 'public', nonce: 'abcdefgh' }

describe('a reply', () => {
  test('answers the mail, in its thread, from the mailbox', () => {
    expect(composeReply(draft, thread, mailbox, stamp)).toMatchObject({
      date: '2026-11-22T10:00:00.000Z',
      from: { name: 'Grace – Desk', address: 'support@desk.example' },
      to: [{ name: 'Ada', address: 'ada@customer.example' }],
      cc: [],
      subject: 'Re: Stuck [#42]',
      inReplyTo: 'second@customer.example',
      references: ['first@customer.example', 'second@customer.example'],
      text: 'Turn it off and on.\n\n-- \nThe desk\n',
      html: null,
    })
  })

  test('is not marked as automatic', () => {
    expect(composeReply(draft, thread, mailbox, stamp).headers).toEqual([])
  })

  test('carries its signed token in its Message-ID and in Reply-To', () => {
    const reply = composeReply(draft, thread, mailbox, stamp)
    expect(verifyReplyToken(tokenOfMessageId(reply.messageId) ?? '', stamp.tokenKeys)).toEqual(token)
    expect(verifyReplyToken(tokenOfAddress(reply.replyTo?.address ?? '') ?? '', stamp.tokenKeys)).toEqual(
      token,
    )
    expect(reply.messageId.endsWith('@desk.example')).toBe(true)
  })

  test('has no Reply-To where sub-addresses do not arrive or would be too long', () => {
    expect(composeReply(draft, thread, { ...mailbox, subAddressing: false }, stamp).replyTo).toBeNull()
    const long = { ...mailbox, address: `${'a'.repeat(40)}@desk.example` }
    expect(composeReply(draft, thread, long, stamp).replyTo).toBeNull()
  })

  test('says nothing of a mail where there is none to answer', () => {
    const reply = composeReply(
      draft,
      { ...thread, answered: null },
      { ...mailbox, signature: '', displayName: '' },
      stamp,
    )
    expect(reply).toMatchObject({
      inReplyTo: null,
      references: [],
      subject: 'Re: Stuck [#42]',
      text: 'Turn it off and on.\n',
    })
    expect(reply.from.name).toBe('Grace')
  })

  test('to a mail without a Message-ID still names the mails before it', () => {
    const reply = composeReply(
      draft,
      { ...thread, answered: { ...answered, messageId: null } },
      mailbox,
      stamp,
    )
    expect(reply).toMatchObject({ inReplyTo: null, references: ['first@customer.example'] })
  })

  test('composed twice is the same mail', () => {
    expect(composeReply(draft, thread, mailbox, stamp)).toEqual(composeReply(draft, thread, mailbox, stamp))
  })
})

describe('references', () => {
  const id = fc
    .tuple(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '1'), minLength: 1, maxLength: 998 }), fc.nat())
    .map(([left, unique]) => `${left}.${unique}@x.example` as Rfc822Id)
  const octets = (ids: readonly string[]) => Buffer.byteLength(ids.map((one) => `<${one}>`).join(' '))
  const ids = (count: number, prefix = 'id') =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}@x.example` as Rfc822Id)

  test('never take more than 1500 octets, repeat nothing, and keep the order', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 30 }), fc.option(id), (references, messageId) => {
        const kept = referencesFor({ references, messageId, subject: '' })
        expect(octets(kept)).toBeLessThanOrEqual(1500)
        expect(new Set(kept).size).toBe(kept.length)
        const all = [...references, ...(messageId ? [messageId] : [])]
        const places = kept.map((one) => all.lastIndexOf(one))
        expect(places).toEqual(places.toSorted((a, b) => a - b))
      }),
    )
  })

  test('keep the root and the newest ten, the answered mail last', () => {
    const kept = referencesFor({ references: ids(50), messageId: 'last@x.example' as Rfc822Id, subject: '' })
    expect(kept).toEqual([...ids(1), ...ids(50).slice(-9), 'last@x.example'])
  })

  test('drop the older ones when they would grow too long', () => {
    const long = ids(9, 'x'.repeat(400))
    const kept = referencesFor({ references: long, messageId: 'last@x.example' as Rfc822Id, subject: '' })
    expect(kept).toEqual([long[0], ...long.slice(-2), 'last@x.example'])
  })

  test('are counted in octets, not in characters', () => {
    const wide = ids(3, 'é'.repeat(300))
    expect(octets(wide)).toBeGreaterThan(1500)
    expect(referencesFor({ references: wide, messageId: null, subject: '' })).toEqual([wide[0], wide[2]])
  })

  test('leave out an id too long for the field, not the thread with it', () => {
    const monster = `${'x'.repeat(1600)}@x.example` as Rfc822Id
    expect(referencesFor({ references: [monster, ...ids(2)], messageId: null, subject: '' })).toEqual(ids(2))
  })

  test('name an id that was repeated once, where it stood last', () => {
    const [a, b] = ids(2) as [Rfc822Id, Rfc822Id]
    expect(referencesFor({ references: [a, b, b], messageId: b, subject: '' })).toEqual([a, b])
  })

  test('are empty when nothing is answered', () => {
    expect(referencesFor(null)).toEqual([])
    expect(referencesFor({ references: [], messageId: null, subject: '' })).toEqual([])
  })
})
