import { anAddress, anEmail, type EmailFields } from '@maildesk/testkit/an-email'
import { expect, test } from 'vitest'
import { asWrittenBy, identityOf, untaggedAddress } from './identity.ts'

const policy = { formSenders: ['form@web.example'], rewritingLists: ['talk@lists.example', 'groups.example'] }
const who = (fields: EmailFields) => {
  const identity = identityOf(anEmail(fields), policy)
  return identity && `${identity.name} <${identity.address}> ${identity.via}`
}
const ada = anAddress('ada@customer.example', 'Ada')
const eve = anAddress('eve@evil.example', 'Eve')
const form = anAddress('Form@Web.example', 'Contact form')
const list = anAddress('talk@lists.example', 'Ada Lovelace via Talk')
const group = anAddress('talk@groups.example', "'Ada Lovelace' via Talk")
const original = (address: string) => ({ 'x-original-from': address })

test.each<[string, EmailFields, string | undefined]>([
  ['From', { from: [ada] }, 'Ada <ada@customer.example> from'],
  ['From, never Reply-To', { from: [ada], replyTo: [eve] }, 'Ada <ada@customer.example> from'],
  ['the first of several', { from: [ada, eve] }, 'Ada <ada@customer.example> from'],
  ['Sender without From', { from: [], sender: ada }, 'Ada <ada@customer.example> sender'],
  ['nobody', { from: [anAddress('')] }, undefined],
  ['Reply-To of a form', { from: [form], replyTo: [ada] }, 'Ada <ada@customer.example> reply-to'],
  ['a form without Reply-To', { from: [form] }, 'Contact form <Form@Web.example> from'],
  ['a form with two', { from: [form], replyTo: [ada, eve] }, 'Contact form <Form@Web.example> from'],
  ['a form that names itself', { from: [form], replyTo: [form] }, 'Contact form <Form@Web.example> from'],
  [
    'a form with a broken one',
    { from: [form], replyTo: [anAddress('x y')] },
    'Contact form <Form@Web.example> from',
  ],
  [
    'X-Original-From of a list',
    { from: [list], headers: original('Ada <ada@customer.example>') },
    'Ada Lovelace <ada@customer.example> x-original-from',
  ],
  [
    'X-Original-From of anybody',
    { from: [eve], headers: original('ada@customer.example') },
    'Eve <eve@evil.example> from',
  ],
  [
    'X-Original-From twice',
    { from: [list], headers: { 'x-original-from': ['a@x.example', 'b@x.example'] } },
    'Ada Lovelace via Talk <talk@lists.example> from',
  ],
  [
    'X-Original-Sender of a list’s domain',
    { from: [group], headers: { 'x-original-sender': 'ada@customer.example' } },
    'Ada Lovelace <ada@customer.example> x-original-sender',
  ],
  ['Reply-To of a list', { from: [list], replyTo: [list, ada] }, 'Ada <ada@customer.example> reply-to'],
  [
    'a list that takes the answers',
    { from: [list], replyTo: [list] },
    'Ada Lovelace via Talk <talk@lists.example> from',
  ],
  [
    'a domain alike',
    { from: [anAddress('x@groups.example.evil', 'X')], replyTo: [ada] },
    'X <x@groups.example.evil> from',
  ],
])('%s', (_, fields, expected) => expect(who(fields)).toBe(expected))

test('a mail as its writer would have sent it names them in From', () => {
  const email = anEmail({ from: [form], replyTo: [ada] })
  expect(asWrittenBy(email, identityOf(email, policy)).from).toEqual([ada])
  const plain = anEmail({ from: [ada, eve] })
  expect(asWrittenBy(plain, identityOf(plain, policy))).toBe(plain)
})

test.each([
  ['Ada+shop@Mail.example', 'ada@mail.example'],
  ['ada+a+b@mail.example', 'ada@mail.example'],
  ['ada@mail.example', undefined],
  ['+ada@mail.example', undefined],
  ['ada+shop@other.example', undefined],
  ['a.d.a+x@mail.example', 'a.d.a@mail.example'],
])('%s is %s where tags are the person’s own', (address, expected) => {
  expect(untaggedAddress(address, ['mail.example'])).toBe(expected)
})
