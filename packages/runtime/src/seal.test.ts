import { MaildeskError } from '@maildesk/core'
import { expect, test } from 'vitest'
import { seal, unseal } from './seal.ts'

const key = 'k'.repeat(32)
const older = 'o'.repeat(32)
const context = 'mailbox:1:imap'

function refusal(work: () => unknown): MaildeskError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(MaildeskError)
    return error as MaildeskError
  }
  throw new Error('it opened')
}

test.each(['password', '', 'Pässwörd 😀', 'x'.repeat(10_000), 'with.dots.in.it'])(
  'what was sealed opens again: %.20s',
  (plain) => {
    expect(unseal(seal(plain, context, [key]), context, [key])).toBe(plain)
  },
)

test('the sealed form tells nothing and is never the same twice', () => {
  const [one, other] = [seal('password', context, [key]), seal('password', context, [key])]
  expect(one).not.toBe(other)
  expect(one).toMatch(/^s1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/)
  expect(one).not.toContain('password')
})

test('a secret pasted into another place does not open', () => {
  const error = refusal(() => unseal(seal('password', context, [key]), 'mailbox:2:imap', [key]))
  expect(error.code).toBe('secret.unreadable')
  expect(error.message).toContain('mailbox:2:imap')
})

test('a flipped bit anywhere is noticed', () => {
  const parts = seal('password', context, [key]).split('.')
  for (const part of [2, 3, 4]) {
    const bytes = Buffer.from(parts[part] ?? '', 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      const sealed = parts.with(part, changed.toString('base64url')).join('.')
      expect(refusal(() => unseal(sealed, context, [key])).code).toBe('secret.unreadable')
    }
  }
})

test('a shortened tag is refused', () => {
  const parts = seal('password', context, [key]).split('.')
  const tag = Buffer.from(parts[4] ?? '', 'base64url').subarray(0, 4)
  expect(refusal(() => unseal(parts.with(4, tag.toString('base64url')).join('.'), context, [key])).code).toBe(
    'secret.unreadable',
  )
})

test.each(['', 'password', 's1', 's1.a.b.c.d', '....', 's2.00000000.AAAA.AAAA.AAAA'])(
  'what never was sealed is refused: %j',
  (sealed) => {
    expect(refusal(() => unseal(sealed, context, [key])).code).toBe('secret.unreadable')
  },
)

test('after a rotation what the older key sealed still opens, and the newest seals', () => {
  const before = seal('password', context, [older])
  expect(unseal(before, context, [key, older])).toBe('password')
  expect(unseal(seal('password', context, [key, older]), context, [key])).toBe('password')
  expect(refusal(() => unseal(before, context, [key])).message).toContain('not in MAILDESK_SECRET_KEY')
})

test('without a key nothing is sealed, and the message says which setting is missing', () => {
  const error = refusal(() => seal('password', context, []))
  expect(error).toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('MAILDESK_SECRET_KEY'),
  })
})

test('no refusal repeats the secret or a key', () => {
  const error = refusal(() => unseal(seal('canary', context, [older]), context, [key]))
  expect(`${error.message}${JSON.stringify(error.fields)}${error.stack}`).not.toMatch(/canary|k{32}|o{32}/)
})
