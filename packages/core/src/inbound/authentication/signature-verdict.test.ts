import { expect, test } from 'vitest'
import { authenticationBySignatures, type SignatureReport } from './signature-verdict.ts'

const organisational = (domain: string) => domain.split('.').slice(-2).join('.')
const clean: SignatureReport = {
  dkim: [],
  arc: { result: 'none', sealers: [], firstResults: null },
  strictAlignment: false,
  troubles: [],
  isTemporary: false,
}
const dkim = (domain: string, result = 'pass', uncovered = 0) => ({ dkim: [{ domain, result, uncovered }] })
const arc = (sealers: string[], said = 'mx.list.org; dmarc=pass', result: 'pass' | 'fail' = 'pass') => ({
  arc: { result, sealers, firstResults: said },
})

test.each<[string, Partial<SignatureReport>, string]>([
  ['no signature', {}, 'none'],
  ['an aligned signature', dkim('mail.corp.com'), 'pass'],
  ['a broken one', dkim('corp.com', 'fail'), 'none'],
  ['one of another domain', dkim('other.com'), 'none'],
  ['one that leaves bytes uncovered', dkim('corp.com', 'pass', 1), 'none'],
  ['strict alignment, a subdomain', { ...dkim('mail.corp.com'), strictAlignment: true }, 'none'],
  ['strict alignment, the domain', { ...dkim('corp.com'), strictAlignment: true }, 'pass'],
  ['a trusted sealer', arc(['list.org']), 'pass_arc'],
  ['two trusted sealers', arc(['list.org', 'fwd.org']), 'pass_arc'],
  ['one of two not trusted', arc(['list.org', 'evil.org']), 'none'],
  ['a sealer that nobody trusts', arc(['evil.org']), 'none'],
  ['a trusted sealer that saw it fail', arc(['list.org'], 'mx.list.org; dmarc=fail'), 'none'],
  [
    'a trusted sealer that saw another From',
    arc(['list.org'], 'mx.list.org; dmarc=pass header.from=evil.com'),
    'none',
  ],
  ['a broken chain', arc(['list.org'], undefined, 'fail'), 'none'],
  ['no seal at all', arc([]), 'none'],
  ['DNS away', { isTemporary: true }, 'unknown'],
  ['DNS away for something else', { ...dkim('corp.com'), isTemporary: true }, 'pass'],
])('%s: %s', (_, report, expected) => {
  const trusted = ['list.org', 'fwd.org']
  expect(
    authenticationBySignatures({ ...clean, ...report }, trusted, 'corp.com', organisational).verdict,
  ).toBe(expected)
})

test('a From without one domain never passes', () => {
  const report = { ...clean, ...dkim('corp.com') }
  expect(authenticationBySignatures(report, [], null, organisational).verdict).toBe('none')
})
