import { expect, test } from 'vitest'
import { maxFilenameLength, shownFilename } from './shown-filename.ts'

test.each([
  ['report.pdf', 'report.pdf'],
  ['Rückerstattung März.pdf', 'Rückerstattung März.pdf'],
  ['\u200b.htaccess', 'htaccess'],
  ['.htaccess', 'htaccess'],
  ['a.php\u202e', 'a.php'],
  ['gpj\u202e.exe', 'gpj.exe'],
  ['..\\x', 'x'],
  ['/etc/passwd', 'passwd'],
  ['C:\\Users\\me\\photo.png', 'photo.png'],
  ['a\u0000b.txt', 'a\ufffdb.txt'],
  ['a;b"c\r\nX: y', 'a;b"cX: y'],
  ['', 'file'],
  ['.', 'file'],
  ['..', 'file'],
  ['dir/', 'file'],
  ['  \u200b ', 'file'],
])('%j is shown as %j', (given, shown) => {
  expect(shownFilename(given, 'file')).toBe(shown)
})

test('a long name is cut and keeps its extension', () => {
  const shown = shownFilename(`${'x'.repeat(5000)}.pdf`, 'file')
  expect(shown).toHaveLength(maxFilenameLength)
  expect(shown.endsWith('.pdf')).toBe(true)
})
