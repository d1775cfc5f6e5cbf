import { expect, test } from 'vitest'
import { safeStyle } from './safe-style.ts'

test.each([
  ['Color : RED !important ;', 'color:red'],
  ['font-family:"Segoe UI", \'Arial\'', 'font-family:segoe ui,arial'],
  ['color: rgb( 1, 2 ,3 )', 'color:rgb(1,2,3)'],
  ['margin:0 auto;padding:1.5em 2pt', 'margin:0 auto;padding:1.5em 2pt'],
  ['border:1px solid #ccc', 'border:1px solid #ccc'],
  ['width:100%;height:auto', 'width:100%;height:auto'],
])('%j stays as %j', (style, safe) => {
  expect(safeStyle(style)).toBe(safe)
  expect(safeStyle(safe)).toBe(safe)
})

test.each([
  'position:fixed',
  'position:absolute;top:0',
  'margin:-1px',
  'margin:0 0 -9px',
  'margin-top:201px',
  'text-indent:-9999px',
  'opacity:0',
  'display:none',
  'visibility:hidden',
  'z-index:1',
  'float:left',
  'transform:scale(9)',
  'font-size:0',
  'font-size:500px',
  'font-size:1px',
  'line-height:0',
  'width:101%',
  'width:9999px',
  'width:calc(1px)',
  'color:expression(x)',
  'color:var(--x)',
  'color:r\\65 d',
  'color:re/**/d',
  'background:url(x)',
  'background:red url(x)',
  'background-image:linear-gradient(red,red)',
  'list-style:url(x)',
  'font:12px x',
  'font-family:url(x)',
  '__proto__:x',
  'constructor:x',
  'color',
  ':red',
  '}p{color:red',
])('nothing stays of %j', (style) => {
  expect(safeStyle(style)).toBe('')
})

test('only the beginning of an endless style is read', () => {
  expect(safeStyle('color:red;'.repeat(100_000)).length).toBeLessThan(1000)
})
