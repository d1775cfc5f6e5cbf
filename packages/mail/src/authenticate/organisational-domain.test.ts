import { expect, test } from 'vitest'
import { organisationalDomain } from './organisational-domain.ts'

test.each([
  ['corp.com', 'corp.com'],
  ['Mail.Corp.COM.', 'corp.com'],
  ['a.b.corp.co.uk', 'corp.co.uk'],
  ['ada.github.io', 'ada.github.io'],
  ['münchen.example', 'xn--mnchen-3ya.example'],
  ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
  ['com', null],
  ['co.uk', null],
  ['192.0.2.1', null],
  ['[192.0.2.1]', null],
  ['', null],
  ['a b', null],
])('%s → %s', (domain, expected) => expect(organisationalDomain(domain)).toBe(expected))
