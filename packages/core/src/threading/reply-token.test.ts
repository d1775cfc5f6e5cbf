import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  nonceLength,
  type ReplyToken,
  signReplyToken,
  tokenAddress,
  tokenMessageId,
  tokenOfAddress,
  tokenOfMessageId,
  verifyReplyToken,
} from './reply-token.ts'

const key = 'k'.repeat(32)
const older = 'o'.repeat(32)
const base32 = [...'abcdefghijklmnopqrstuvwxyz234567']
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))

const tokens: fc.Arbitrary<ReplyToken> = fc.record({
  ticketNumber: fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }).map(String),
  role: fc.constantFrom('public', 'internal'),
  nonce: fc
    .array(fc.constantFrom(...base32), { minLength: nonceLength, maxLength: nonceLength })
    .map((letters) => letters.join('')),
})
const sample: ReplyToken = { ticketNumber: '42', role: 'public', nonce: 'abcdefgh' }

test('a signed token reads back as it was', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      expect(verifyReplyToken(signReplyToken(token, [key]), [key])).toEqual(token)
    }),
  )
})

test('a token with any one character changed is refused', () => {
  fc.assert(
    fc.property(tokens, fc.nat(), fc.constantFrom(...ascii), (token, place, character) => {
      const signed = signReplyToken(token, [key])
      const at = place % signed.length
      const changed = signed.slice(0, at) + character + signed.slice(at + 1)
      fc.pre(changed.toLowerCase() !== signed)
      expect(verifyReplyToken(changed, [key])).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['cut short', signReplyToken(sample, [key]).slice(0, -1)],
  ['with something behind it', `${signReplyToken(sample, [key])}a`],
  ['with a line feed behind it', `${signReplyToken(sample, [key])}\n`],
  ['with its mac left out', 't1.42.pabcdefgh.'],
  ['of another version', signReplyToken(sample, [key]).replace('t1', 't2')],
  ['with a leading zero in the number', signReplyToken(sample, [key]).replace('.42.', '.042.')],
  ['empty', ''],
])('a token %s is refused', (_how, text) => {
  expect(verifyReplyToken(text, [key])).toBeUndefined()
})

test('a token of one ticket, role or mail is worth nothing for another', () => {
  const mac = signReplyToken(sample, [key]).slice(-20)
  for (const other of ['t1.43.pabcdefgh', 't1.42.iabcdefgh', 't1.42.pabcdefgi']) {
    expect(verifyReplyToken(`${other}.${mac}`, [key])).toBeUndefined()
  }
})

test('mail programs may write a token in any letter case', () => {
  fc.assert(
    fc.property(tokens, fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }), (token, uppers) => {
      const written = [...signReplyToken(token, [key])]
        .map((c, index) => (uppers[index] ? c.toUpperCase() : c))
        .join('')
      expect(verifyReplyToken(written, [key])).toEqual(token)
    }),
  )
})

test('after a rotation the older key still verifies, and the newest signs', () => {
  const before = signReplyToken(sample, [older])
  expect(verifyReplyToken(before, [key, older])).toEqual(sample)
  expect(signReplyToken(sample, [key, older])).toBe(signReplyToken(sample, [key]))
  expect(verifyReplyToken(before, [key])).toBeUndefined()
  expect(verifyReplyToken(before, [])).toBeUndefined()
})

test('nothing is signed without a key', () => {
  expect(() => signReplyToken(sample, [])).toThrow(RangeError)
})

test('a token comes back from the address and the Message-ID it was put into', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const signed = signReplyToken(token, [key])
      expect(tokenOfMessageId(tokenMessageId(signed, 'desk.example'))).toBe(signed)
      const address = tokenAddress('help@desk.example', signed)
      expect(address).toBeDefined()
      expect(tokenOfAddress(address ?? '')).toBe(signed)
    }),
  )
})

test('a token address never has a local part of more than 64 octets', () => {
  fc.assert(
    fc.property(
      tokens,
      fc.string({ unit: fc.constantFrom('a', 'é', '.'), minLength: 1, maxLength: 64 }),
      (token, local) => {
        const address = tokenAddress(`${local}@desk.example`, signReplyToken(token, [key]))
        if (address)
          expect(Buffer.byteLength(address.slice(0, address.lastIndexOf('@')))).toBeLessThanOrEqual(64)
        else expect(Buffer.byteLength(`${local}+${signReplyToken(token, [key])}`)).toBeGreaterThan(64)
      },
    ),
  )
})

test('a domain that takes every address carries the token as the whole local part', () => {
  const signed = signReplyToken(sample, [key])
  const address = tokenAddress('help@desk.example', signed, 'reply.desk.example')
  expect(address).toBe(`${signed}@reply.desk.example`)
  expect(tokenOfAddress(address ?? '')).toBe(signed)
})

test('an address that has a tag of its own keeps it, and the token is still found', () => {
  const signed = signReplyToken(sample, [key])
  expect(tokenOfAddress(tokenAddress('help+de@desk.example', signed) ?? '')).toBe(signed)
})

test.each(['support@desk.example', 'support+sales@desk.example', 't1.42.pabc@desk.example', '', '@', '+t1.'])(
  'no token is read from the address %j',
  (address) => {
    expect(tokenOfAddress(address)).toBeUndefined()
  },
)

test.each(['CAF=abc@mail.example', 'x.t1.42.pabc@desk.example', 't1.', ''])(
  'no token is read from the Message-ID %j',
  (id) => {
    expect(tokenOfMessageId(id)).toBeUndefined()
  },
)

// What is not linear does not end within the time a test may take.
test('a hostile address takes no time', () => {
  tokenOfAddress('+t1.'.repeat(250_000))
  verifyReplyToken('t1.'.repeat(250_000), [key])
})
