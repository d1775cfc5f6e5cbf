import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUsableAddress } from '../../inbound/addresses.ts'
import { peopleIn, senderIn } from './written-addresses.ts'

const ada = { name: 'Ada Lovelace', address: 'ada@customer.example' }

test.each([
  'Ada Lovelace <ada@customer.example>',
  'Ada Lovelace < ada@customer.example >',
  '"Ada Lovelace" <ada@customer.example>',
  "'Ada Lovelace' <ada@customer.example>",
  'Ada Lovelace [mailto:ada@customer.example]',
  'Ada Lovelace [ada@customer.example]',
  'Ada Lovelace <mailto:ada@customer.example>',
  'Ada Lovelace <ada@customer.example<mailto:ada@customer.example>>',
  'Ada Lovelace (ada@customer.example)',
  '"Ada Lovelace (ada@customer.example)"',
  'ada@customer.example (Ada Lovelace)',
  '*Ada Lovelace* <ada@customer.example>;',
  'Ada Lovelace ada@customer.example',
])('%s is Ada', (value) => {
  expect(senderIn(value)).toEqual({ sure: true, from: ada })
})

test.each([
  ['ada@customer.example', ''],
  ['<ada@customer.example>', ''],
  ['ada@customer.example <ada@customer.example>', ''],
  ['ada@customer.example <mailto:ADA@customer.example>', ''],
  ['Lovelace, Ada <ada@customer.example>', 'Lovelace, Ada'],
  ['"boss@desk.example" <ada@customer.example>', 'boss@desk.example'],
  ['boss@desk.example <ada@customer.example>', 'boss@desk.example'],
])('%s has the name %j', (value, name) => {
  const found = senderIn(value)
  expect(found.sure && found.from.name).toBe(name)
})

test.each([
  ['', []],
  ['Ada Lovelace', []],
  ['@team', []],
  ['ada@work', []],
  ['ada at customer.example', []],
  ['Ada <ada@customer.example> <eve@other.example>', ['ada@customer.example', 'eve@other.example']],
  ['ada@customer.example, eve@other.example', ['ada@customer.example', 'eve@other.example']],
])('%j leaves the sender open', (value, candidates) => {
  const found = senderIn(value)
  expect(found.sure).toBe(false)
  expect(!found.sure && found.candidates.map(({ address }) => address)).toEqual(candidates)
})

test.each([
  [
    'Ada Lovelace <ada@customer.example>, eve@other.example',
    [ada, { name: '', address: 'eve@other.example' }],
  ],
  ['Ada Lovelace <ada@customer.example>; Smith, Bob', [ada, { name: 'Smith, Bob', address: '' }]],
  ['"Lovelace, Ada" <ada@customer.example>', [{ ...ada, name: 'Lovelace, Ada' }]],
  [' ; , ', []],
  ['', []],
])('the people in %j are read', (value, people) => {
  expect(peopleIn(value)).toEqual(people)
})

test('whatever the value, a sure sender has an address that stands in it', () => {
  const piece = fc.oneof(
    fc.constantFrom('<', '>', '"', 'a@b.example', '@', ',', ';', '[mailto:', ']', '('),
    fc.string(),
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((all) => all.join('')),
      (value) => {
        peopleIn(value)
        const found = senderIn(value)
        if (!found.sure) return
        expect(value).toContain(found.from.address)
        expect(isUsableAddress(found.from.address)).toBe(true)
      },
    ),
    { numRuns: 1000 },
  )
})

// What is not linear does not end within the time a test may take.
test('hostile values take no time', () => {
  for (const piece of ['<', '"', '@', 'a@', '<a@b', '[', 'a@b.example,', ';', '<<a@b>>']) {
    senderIn(piece.repeat(100_000))
    peopleIn(piece.repeat(100_000))
  }
})
