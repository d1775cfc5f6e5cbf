import { expect, test } from 'vitest'
import { misleadingHost, type SafeLink, safeLink } from './safe-link.ts'

test.each([
  ['https://a.example/x?y#z', 'https://a.example/x?y#z', 'a.example'],
  ['HTTP:/\\A.example', 'http://a.example/', 'a.example'],
  ['https://bank.example@evil.example/', 'https://evil.example/', 'evil.example'],
  ['https://bücher.example', 'https://xn--bcher-kva.example/', 'xn--bcher-kva.example'],
  ['http://2130706433/', 'http://127.0.0.1/', '127.0.0.1'],
  ['mailto:a@b.example?subject=x', 'mailto:a@b.example?subject=x', 'b.example'],
  ['tel:+49-30-1', 'tel:+49-30-1', undefined],
])('%j leads to %j at %j', (href, to, host) => {
  expect(safeLink(href)).toEqual({ href: to, host })
})

test.each([
  'javascript:alert(1)',
  ' java\nscript:x',
  'data:text/html,x',
  'vbscript:x',
  'file:///x',
  'blob:https://a.example/x',
  'ftp://a.example',
  'cid:x',
  '//a.example',
  '/x',
  'x',
  '#x',
  '',
  'https://',
  'http://[x',
  `https://a.example/${'x'.repeat(9000)}`,
])('%j leads nowhere', (href) => {
  expect(safeLink(href)).toBeUndefined()
})

test.each([
  ['https://bank.example/login', 'bank.example'],
  ['bank.example', 'bank.example'],
  [' www.bank.example. ', 'www.bank.example'],
  ['HTTPS://BANK.example:443', 'bank.example'],
  ['support@bank.example', 'bank.example'],
  ['ba\u200bnk.example', 'bank.example'],
  ['bаnk.example', 'xn--bnk-6cd.example'],
  ['http://10.0.0.1/x', '10.0.0.1'],
  ['https://bank.example/a page', 'bank.example'],
])('%j claims to lead to %j', (text, host) => {
  expect(misleadingHost(text, safeLink('https://evil.example') as SafeLink)).toBe(host)
})

test.each([
  ['click here', 'https://evil.example'],
  ['see bank.example for more', 'https://evil.example'],
  ['invoice.pdf', 'https://files.example'],
  ['v1.2.3', 'https://a.example'],
  ['3.50', 'https://a.example'],
  ['https://a.example/x', 'https://a.example/y'],
  ['www.a.example', 'https://login.a.example'],
  ['news.a.example', 'https://a.example'],
  ['me@a.example', 'mailto:you@a.example'],
  ['a.example', 'tel:1'],
  ['', 'https://a.example'],
])('%j claims nothing wrong of %j', (text, href) => {
  expect(misleadingHost(text, safeLink(href) as SafeLink)).toBeUndefined()
})
