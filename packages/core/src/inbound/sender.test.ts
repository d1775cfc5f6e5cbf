import { anAddress, anEmail } from '@maildesk/testkit/an-email'
import { expect, test } from 'vitest'
import { othersOf, senderOf, splitName } from './sender.ts'

const isOurs = (address: string) => address.toLowerCase() === 'support@desk.example'

test('the sender is the first usable address of From', () => {
  const from = [
    anAddress('', 'Nobody'),
    anAddress('not an address'),
    anAddress(' ada@customer.example ', 'Ada'),
    anAddress('eve@evil.example'),
  ]
  expect(senderOf(anEmail({ from }))).toEqual({ name: 'Ada', address: 'ada@customer.example' })
})

test('without a usable From it is Sender', () => {
  expect(senderOf(anEmail({ from: [], sender: anAddress('secretary@customer.example') }))?.address).toBe(
    'secretary@customer.example',
  )
})

test('it is never Reply-To: who may be answered is not who wrote', () => {
  expect(senderOf(anEmail({ from: [], replyTo: [anAddress('eve@evil.example')] }))).toBeUndefined()
  expect(senderOf(anEmail({ replyTo: [anAddress('eve@evil.example')] }))?.address).toBe(
    'ada@customer.example',
  )
})

test('an address in the display name is only a name', () => {
  expect(senderOf(anEmail({ from: [anAddress('eve@evil.example', 'ceo@corp.example')] }))?.address).toBe(
    'eve@evil.example',
  )
})

test('others are the usable people of To and Cc, each once, without us and the sender', () => {
  const email = anEmail({
    to: [
      anAddress('support@desk.example'),
      anAddress('Bob@customer.example'),
      anAddress('broken'),
      anAddress('ADA@customer.example'),
    ],
    cc: [anAddress('bob@customer.example'), anAddress(' carol@customer.example ')],
  })
  expect(othersOf(email, isOurs, 10)).toEqual(['bob@customer.example', 'carol@customer.example'])
})

test('others are bounded', () => {
  const cc = Array.from({ length: 100 }, (_, index) => anAddress(`p${index}@customer.example`))
  expect(othersOf(anEmail({ cc }), isOurs, 3)).toEqual([
    'p0@customer.example',
    'p1@customer.example',
    'p2@customer.example',
  ])
})

test.each([
  ['Ada Lovelace', 'Ada', 'Lovelace'],
  ['Augusta  Ada King', 'Augusta Ada', 'King'],
  ['Ada', 'Ada', ''],
  ['  ', '', ''],
])('%j is split as %j and %j', (name, first, last) => {
  expect(splitName(name)).toEqual({ first, last })
})
