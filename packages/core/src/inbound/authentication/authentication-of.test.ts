import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderField } from '../parsed-email.ts'
import { authenticationOf } from './authentication-of.ts'

/** What a public suffix list says, for domains of two labels. */
const organisational = (domain: string) => {
  const labels = domain.toLowerCase().split('.')
  return labels.length < 2 ? null : labels.slice(-2).join('.')
}

const border: HeaderField = { name: 'received', value: 'from sender.example by mx.ours' }
const ar = (value: string): HeaderField => ({ name: 'authentication-results', value })

function judge(headers: readonly HeaderField[], { ids = ['mx.ours'], hops = 1, from = 'corp.com' } = {}) {
  return authenticationOf(headers, { trustedAuthservIds: ids, borderHops: hops }, from, organisational)
}
const verdict = (value: string) => judge([border, ar(value)]).verdict

describe('what a trusted server says', () => {
  test.each([
    ['mx.ours; dmarc=pass', 'pass'],
    ['mx.ours; dmarc=pass header.from=corp.com', 'pass'],
    ['mx.ours; dmarc=pass header.from=mail.corp.com', 'pass'],
    ['mx.ours; dmarc=pass header.from=evil.com', 'none'],
    ['mx.ours; dmarc=fail header.from=corp.com', 'fail'],
    ['mx.ours; dmarc=fail header.from=other.com', 'fail'],
    ['mx.ours; dmarc=none; dkim=pass header.d=corp.com', 'pass'],
    ['mx.ours; dkim=pass header.d=mail.CORP.com', 'pass'],
    ['mx.ours; dkim=pass header.i=@corp.com', 'pass'],
    ['mx.ours; dkim=pass header.d=other.com', 'none'],
    ['mx.ours; dkim=pass header.d=other.com header.i=@corp.com', 'none'],
    ['mx.ours; dkim=fail header.d=corp.com', 'none'],
    ['mx.ours; dkim=pass', 'none'],
    ['mx.ours; spf=pass smtp.mailfrom=corp.com', 'none'],
    ['mx.ours; arc=pass', 'none'],
    ['mx.ours; dmarc=bestguesspass header.from=corp.com', 'none'],
    ['mx.ours; none', 'none'],
    ['mx.ours', 'none'],
    ['mx.ours;', 'none'],
  ])('%s: %s', (value, expected) => expect(verdict(value)).toBe(expected))
})

describe('how it may be written', () => {
  test.each([
    ['MX.Ours; dmarc=pass', 'pass'],
    ['mx.ours(x); dmarc=pass', 'pass'],
    ['(a (nested) "comment) mx.ours ; dmarc=pass', 'pass'],
    ['"mx.ours"; dmarc=pass', 'pass'],
    ['"mx\\.ours"; dmarc=pass', 'pass'],
    ['mx.ours 1; dmarc=pass', 'pass'],
    ['mx.ours (v) 1 (x); dmarc=pass', 'pass'],
    ['mx.ours 2; dmarc=pass', 'none'],
    ['mx.ours; DMARC = Pass', 'pass'],
    ['mx.ours; dmarc(a)=(b)pass(c)', 'pass'],
    ['mx.ours; dmarc/1=pass', 'pass'],
    ['mx.ours; dmarc / 1 = pass', 'pass'],
    ['mx.ours; dmarc=pass reason="a; dmarc=fail" header.from=corp.com', 'pass'],
    ['mx.ours; dkim=pass (1024-bit) header (x) . d = "corp.com" header.b=ab/c+==', 'pass'],
    ['mx.ours; spf=pass smtp.mailfrom="odd;name"@corp.com; dmarc=pass', 'pass'],
    ['mx.ours; dkim=none header.d=none;dmarc=pass action=none header.from=corp.com;compauth=pass', 'pass'],
    ['mx.ours; dmarc=pass header.from=corp.com; spf=none smtp.mailfrom=', 'pass'],
    ['mx.ours; dkim=fail header.d=corp.com; dkim=pass header.d=corp.com; spf=softfail', 'pass'],
  ])('%s: %s', (value, expected) => expect(verdict(value)).toBe(expected))
})

describe('what servers write', () => {
  test.each([
    [
      'Google',
      'mx.ours;       dkim=pass header.i=@corp.com header.s=20230601 header.b="a/b+c==";       spf=pass (mx.ours: domain of bounce@corp.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=bounce@corp.com;       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=corp.com',
    ],
    [
      'Microsoft',
      'mx.ours; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=corp.com; dkim=pass (signature was verified) header.d=corp.com;dmarc=pass action=none header.from=corp.com;compauth=pass reason=100',
    ],
    [
      'rspamd',
      'mx.ours;\tdkim=pass header.d=corp.com header.s=mail header.b=AbC+/9;\tspf=pass (mx.ours: domain of x@corp.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=x@corp.com;\tdmarc=pass (policy=reject) header.from=corp.com',
    ],
    ['OpenDMARC', 'mx.ours; dmarc=pass (p=none dis=none) header.from=corp.com'],
    [
      'OpenDKIM',
      'mx.ours;\tdkim=pass (2048-bit key; secure) header.d=corp.com header.i=@corp.com header.a=rsa-sha256 header.s=s header.b=Zz9=;\tdkim-atps=neutral',
    ],
    [
      'Fastmail',
      'mx.ours; arc=none (no signatures found); bimi=skipped (DMARC Policy is not at enforcement); dkim=pass (2048-bit rsa key sha256) header.d=corp.com header.i=@corp.com header.b=x header.a=rsa-sha256 header.s=s x-bits=2048; dmarc=pass policy.published-domain-policy=none policy.applied-disposition=none policy.evaluated-disposition=none (p=none,d=none,d.eval=none) policy.policy-from=p header.from=corp.com; iprev=pass smtp.remote-ip=192.0.2.1 (mail.corp.com); x-csa=none',
    ],
    [
      'Yahoo',
      'mx.ours; dkim=pass header.i=@corp.com header.s=s; spf=none smtp.mailfrom=; dmarc=pass(p=NONE) header.from=corp.com;',
    ],
  ])('%s', (_, value) => expect(verdict(value)).toBe('pass'))
})

describe('what forgers write', () => {
  test.each([
    ['mx.ours.evil; dmarc=pass', 'none'],
    ['evil.mx.ours; dmarc=pass', 'none'],
    ['mx.ours(x).evil; dmarc=pass', 'none'],
    ['mx(x).ours; dmarc=pass', 'none'],
    ['mx.ours .evil; dmarc=pass', 'none'],
    ['mx.ours evil; dmarc=pass', 'none'],
    ['mx.ours 1 2; dmarc=pass', 'none'],
    ['(mx.ours;) evil; dmarc=pass', 'none'],
    ['"mx.ours; dmarc=pass', 'none'],
    ['mx.ours=; dmarc=pass', 'none'],
    ['; dmarc=pass', 'none'],
    ['', 'none'],
    ['mx.ours; dmarc=pass (dmarc=fail)', 'pass'],
    ['mx.ours; dmarc=fail (dmarc=pass)', 'fail'],
    ['mx.ours; dmarc=(pass)fail', 'fail'],
    ['mx.ours; dmarc=none (; dmarc=pass)', 'none'],
    ['mx.ours; dmarc=none reason="; dmarc=pass"', 'none'],
    ['mx.ours; dmarc=none reason=";\\"; dmarc=pass', 'none'],
    ['mx.ours; dmarc=pass; dmarc=fail', 'fail'],
    ['mx.ours; dmarc=fail; dmarc=pass', 'fail'],
    ['mx.ours; dmarc=pa ss; dkim=pass header.d=corp.com', 'none'],
    ['mx.ours; (open dmarc=pass', 'none'],
    ['mx.ours; xdmarc=pass', 'none'],
    ['mx.ours; spf=pass smtp.mailfrom=dmarc=pass', 'none'],
    ['mx.ours; dkim=pass header.d="corp.com evil.com"', 'none'],
    ['mx.ours; dkim=pass header.d=corp.com.evil.com', 'none'],
    ['mx.ours; dkim=pass header.d=com', 'none'],
  ])('%s: %s', (value, expected) => expect(verdict(value)).toBe(expected))
})

describe('where it stands', () => {
  const ours = ar('mx.ours; dmarc=fail')
  const forged = ar('mx.ours; dmarc=pass')
  const foreign = ar('mx.theirs; dmarc=pass')

  test.each<[string, HeaderField[], string]>([
    ['above the border’s own Received', [forged, border], 'pass'],
    ['right below it', [border, forged], 'pass'],
    ['forged below the trusted one', [border, ours, forged], 'fail'],
    ['forged alone, below the sender’s own Received', [border, border, forged], 'none'],
    ['two that conflict: the topmost counts', [border, forged, ours], 'pass'],
    ['a foreign one above ours', [foreign, border, ours], 'fail'],
    ['a foreign one alone', [border, foreign], 'none'],
    ['nothing at all', [border], 'none'],
    ['an unreadable one above ours', [border, ar('"mx.ours'), ours], 'fail'],
    ['a garbled one of ours above a forged one', [border, ar('mx.ours; dmarc='), forged], 'none'],
  ])('%s', (_, headers, expected) => expect(judge(headers).verdict).toBe(expected))

  test('counts the Received fields of our own servers as ops say', () => {
    const headers = [border, border, forged]
    expect([0, 1, 2, 3].map((hops) => judge(headers, { hops }).verdict)).toEqual([
      'none',
      'none',
      'pass',
      'pass',
    ])
  })

  test('says how many fields were not believed', () => {
    expect(judge([border, ours, forged, border, forged]).detail).toMatchObject({ disbelieved: 2 })
  })

  test('reads the results of an ARC set only when told to', () => {
    const set = { name: 'arc-authentication-results', value: 'i=1; mx.ours; dmarc=pass' }
    expect(judge([border, set]).verdict).toBe('none')
    expect(judge([border, set], { ids: ['ARC:mx.ours'] }).verdict).toBe('pass')
    expect(judge([border, ar('mx.ours; dmarc=pass')], { ids: ['arc:mx.ours'] }).verdict).toBe('none')
  })
})

test('nobody is trusted to say: unknown', () => {
  expect(judge([border, ar('mx.ours; dmarc=pass')], { ids: [] }).verdict).toBe('unknown')
})

test('ten thousand fields are read in one pass', () => {
  const flood = Array.from({ length: 10_000 }, () => ar(`mx.evil; dmarc=pass ${'(('.repeat(50)}`))
  expect(judge([...flood, border, ...flood, ar('mx.ours; dmarc=pass'), ...flood]).verdict).toBe('pass')
})

test('a field of a megabyte is not believed', () => {
  expect(verdict(`mx.ours; dmarc=pass${'; spf=pass'.repeat(100_000)}`)).toBe('none')
})

test('a From without one domain never passes', () => {
  const trust = { trustedAuthservIds: ['mx.ours'], borderHops: 1 }
  expect(authenticationOf([ar('mx.ours; dmarc=pass')], trust, null, organisational).verdict).toBe('none')
})

const written = [
  'mx.ours; dmarc=pass header.from=corp.com',
  'mx.ours 1; dmarc=fail; dkim=pass header.d=corp.com',
  'mx.ours.evil; dmarc=pass',
  'mx.ours; dkim=pass header.d=corp.com.evil.com',
]

test.each(written)('a fold at any byte never makes %s say more', (value) => {
  const whole = verdict(value)
  for (let at = 0; at <= value.length; at += 1) {
    const folded = verdict(`${value.slice(0, at)} \t${value.slice(at)}`)
    expect([whole, 'none'], `folded at ${at}`).toContain(folded)
  }
})

test('whatever is written, it answers', () => {
  const pieces = fc.constantFrom(
    'mx.ours',
    ';',
    'dmarc',
    '=',
    'pass',
    '(',
    ')',
    '"',
    '\\',
    ' ',
    '.',
    '/',
    'corp.com',
    'é',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      expect(['pass', 'none', 'fail']).toContain(verdict(parts.join('')))
    }),
  )
})
