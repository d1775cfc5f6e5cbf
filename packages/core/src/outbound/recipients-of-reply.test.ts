import { describe, expect, test } from 'vitest'
import { isUsableAddress } from '../inbound/addresses.ts'
import { maxCopies, type PeopleOfReply, recipientsOfReply } from './recipients-of-reply.ts'

const ada = { name: 'Ada', address: 'ada@customer.example' }
const bob = { name: 'Bob', address: 'bob@customer.example' }
const eve = { name: 'Eve', address: 'Eve@Customer.example' }
const usual: PeopleOfReply = {
  requester: ada,
  collaborators: [bob, eve],
  answered: { sender: ada, isRequesters: true, answerTo: null, isBlindCopy: false },
  cc: undefined,
  ownAddresses: ['support@desk.example'],
  suppressed: new Set(),
  isSendable: isUsableAddress,
}
const answered = (fields: Partial<NonNullable<PeopleOfReply['answered']>>) => ({
  ...usual,
  answered: { sender: ada, isRequesters: true, answerTo: null, isBlindCopy: false, ...fields },
})
const told = (people: PeopleOfReply) => {
  const { to, cc, leftOut } = recipientsOfReply(people)
  return {
    to: to?.address ?? null,
    cc: cc.map(({ address }) => address),
    leftOut: leftOut.map(({ address, reason }) => `${address}: ${reason}`),
  }
}

describe('an answer goes', () => {
  const everyone = { to: ada.address, cc: [bob.address, eve.address], leftOut: [] as string[] }
  test.each<[string, PeopleOfReply, typeof everyone | object]>([
    ['to the requester, with a copy to all who take part', usual, everyone],
    [
      'to the requester though a collaborator wrote last',
      answered({ sender: bob, isRequesters: false }),
      everyone,
    ],
    ['to the requester where nothing is answered', { ...usual, answered: null }, everyone],
    [
      'where the requester wants it',
      answered({ answerTo: 'team@customer.example' }),
      { ...everyone, to: 'team@customer.example' },
    ],
    [
      'not where a collaborator wants it',
      answered({ sender: bob, isRequesters: false, answerTo: 'elsewhere@customer.example' }),
      everyone,
    ],
    [
      'to the requester when the wanted address is ours, which would be a loop',
      answered({ answerTo: 'support+sales@desk.example' }),
      { ...everyone, leftOut: ['support+sales@desk.example: own-address'] },
    ],
    [
      'to the sender alone who blind-copied us',
      answered({ sender: bob, isBlindCopy: true }),
      { to: bob.address, cc: [], leftOut: [] },
    ],
    [
      'to whom its author names instead of those who take part',
      { ...usual, cc: ['new@other.example', ' bob@customer.example '] },
      { to: ada.address, cc: ['new@other.example', 'bob@customer.example'], leftOut: [] },
    ],
    [
      'to nobody else when its author says so',
      { ...usual, cc: [] },
      { to: ada.address, cc: [], leftOut: [] },
    ],
    [
      'once to each, in whatever letters they are written',
      {
        ...usual,
        collaborators: [
          eve,
          { name: '', address: 'ADA@customer.example' },
          { name: '', address: 'eve@customer.example' },
        ],
      },
      { to: ada.address, cc: [eve.address], leftOut: [] },
    ],
    [
      'to nobody who cannot get it, and tells so',
      {
        ...usual,
        collaborators: [
          bob,
          { name: '', address: 'no address' },
          { name: '', address: 'support+t1@desk.example' },
        ],
        suppressed: new Set([bob.address]),
      },
      {
        to: ada.address,
        cc: [],
        leftOut: [
          'bob@customer.example: suppressed',
          'no address: unusable',
          'support+t1@desk.example: own-address',
        ],
      },
    ],
    [
      'to nobody at all when the requester cannot get it',
      { ...usual, suppressed: new Set([ada.address]) },
      { to: null, cc: [bob.address, eve.address], leftOut: ['ada@customer.example: suppressed'] },
    ],
  ])('%s', (_, people, expected) => {
    expect(told(people)).toEqual(expected)
  })

  test('to a bounded number of people; who is over it is told', () => {
    const many = Array.from({ length: maxCopies + 2 }, (_, at) => ({ name: '', address: `p${at}@x.example` }))
    const { cc, leftOut } = recipientsOfReply({ ...usual, collaborators: many })
    expect(cc).toHaveLength(maxCopies)
    expect(leftOut).toEqual([
      { address: 'p48@x.example', reason: 'too-many' },
      { address: 'p49@x.example', reason: 'too-many' },
    ])
  })

  test('with the names we know', () => {
    expect(recipientsOfReply({ ...usual, cc: [eve.address, 'new@x.example'] }).cc).toEqual([
      eve,
      { name: '', address: 'new@x.example' },
    ])
  })
})
