import { expect, test } from 'vitest'
import { outermostPrefix } from './forward-prefixes.ts'

test.each([
  ['Fwd: stuck', 'forward'],
  ['FW : stuck', 'forward'],
  ['Fwd[2]: stuck', 'forward'],
  ['Fwd (2): stuck', 'forward'],
  ['WG: AW: stuck', 'forward'],
  ['转发：stuck', 'forward'],
  ['[Fwd: stuck]', 'forward'],
  ['(Fwd) stuck', 'forward'],
  ['[team] [#42] TR: stuck', 'forward'],
  ['Re: Fwd: stuck', 'reply'],
  ['AW: WG: stuck', 'reply'],
  ['[team] Re: stuck', 'reply'],
  ['VS: stuck', 'either'],
  ['stuck', null],
  ['Invoice: stuck', null],
  ['[Fwd stuck', null],
  [': stuck', null],
  ['', null],
])('the outermost prefix of %j is %s', (subject, prefix) => {
  expect(outermostPrefix(subject)).toBe(prefix)
})
