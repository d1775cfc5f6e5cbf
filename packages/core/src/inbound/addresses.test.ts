import { expect, test } from 'vitest'
import {
  domainOf,
  isMachineAddress,
  isOwnAddress,
  isUsableAddress,
  maxAddressLength,
  normalAddress,
  withoutSubAddress,
} from './addresses.ts'

test('addresses are compared in lower case and without white space, dots and tags kept', () => {
  expect(normalAddress('  A.da+X@Customer.Example\n')).toBe('a.da+x@customer.example')
})

test.each([
  'ada@customer.example',
  "o'brien+x=y%z!@customer.example",
  'zoë@bücher.example',
  'a@localhost',
  `${'a'.repeat(64)}@customer.example`,
  `a@${'d'.repeat(maxAddressLength - 2)}`,
])('a reply can be sent to %s', (address) => {
  expect(isUsableAddress(address)).toBe(true)
})

test.each([
  '',
  'ada',
  '@customer.example',
  'ada@',
  'ada@customer@example',
  'ada lovelace@customer.example',
  'ada@customer.example, eve@evil.example',
  'ada@customer.example;eve@evil.example',
  'ada@customer.example\r\nBcc: eve@evil.example',
  'ada\u0000@customer.example',
  'ada\u007f@customer.example',
  '<ada@customer.example>',
  '"ada"@customer.example',
  'ada@[127.0.0.1]',
  'ada(comment)@customer.example',
  'a\\b@customer.example',
  `${'a'.repeat(65)}@customer.example`,
  `a@${'d'.repeat(maxAddressLength - 1)}`,
])('no reply can be sent to %j', (address) => {
  expect(isUsableAddress(address)).toBe(false)
})

test.each([
  ['Ada@Customer.EXAMPLE', 'customer.example'],
  ['a@b@c.example', 'c.example'],
  ['ada', ''],
  ['', ''],
])('the domain of %j is %j', (address, domain) => {
  expect(domainOf(address)).toBe(domain)
})

test.each([
  ['support+t1.2@desk.example', 'support@desk.example'],
  ['support+a+b@desk.example', 'support@desk.example'],
  ['support@desk.example', 'support@desk.example'],
  ['support@desk+x.example', 'support@desk+x.example'],
  ['+x@desk.example', '+x@desk.example'],
])('%s without its sub-address is %s', (address, bare) => {
  expect(withoutSubAddress(address)).toBe(bare)
})

test('an address is ours in any letter case, with or without a sub-address', () => {
  const own = ['support@desk.example', 'sales+de@desk.example']
  for (const address of ['support@desk.example', ' SUPPORT+x@Desk.example', 'sales+de@desk.example']) {
    expect(isOwnAddress(address, own), address).toBe(true)
  }
  for (const address of ['sales@desk.example', 'support@desk.example.evil', 'xsupport@desk.example', '']) {
    expect(isOwnAddress(address, own), address).toBe(false)
  }
})

test.each([
  'MAILER-DAEMON@mx.example',
  'postmaster@mx.example',
  'daemon@mx.example',
  'noreply@shop.example',
  'No-Reply@shop.example',
  'no_reply@shop.example',
  'no.reply@shop.example',
  'no-reply+order42@shop.example',
  'noreply-42@shop.example',
  'comments-noreply@shop.example',
  'donotreply@shop.example',
  'do-not-reply@shop.example',
  'do_not_reply.42@shop.example',
  'bounce@shop.example',
  'bounces+42=ada@shop.example',
  'bounce-42@shop.example',
])('%s stands for a machine', (address) => {
  expect(isMachineAddress(address)).toBe(true)
})

test.each([
  'ada@customer.example',
  'reply@customer.example',
  'noreplyson@customer.example',
  'nonoreply@customer.example',
  'ada@noreply.example',
  'daemon.jones@customer.example',
  'bouncer@club.example',
  'postmasters@customer.example',
  'noreply',
  '',
])('%j stands for a person', (address) => {
  expect(isMachineAddress(address)).toBe(false)
})
