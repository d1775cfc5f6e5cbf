import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, crlf, type KeptEmail, multipart, parsed } from './testing/parse-mail.ts'

const text = (words: string, type = 'text/plain', ...fields: string[]) =>
  crlf(`Content-Type: ${type}`, ...fields, '', words)
const names = (email: KeptEmail) => email.parts.map(({ filename }) => filename)

describe('parseEmail decides what is body', () => {
  it.each([
    ['several texts in a row', multipart('mixed', text('one'), text('two')), 'one\ntwo', []],
    [
      'an alternative inside mixed',
      multipart(
        'mixed',
        crlf(
          'Content-Type: multipart/alternative; boundary=i',
          '',
          '--i',
          text('one'),
          '--i',
          text('<p>one</p>', 'text/html'),
          '--i--',
        ),
        text('two'),
      ),
      'one\ntwo',
      [],
    ],
    [
      'a text that is an attachment',
      multipart('mixed', text('one'), text('two', 'text/plain', 'Content-Disposition: attachment')),
      'one',
      ['part-2.txt'],
    ],
    [
      'a text that is a named file shown inline',
      multipart(
        'mixed',
        text('one'),
        text('two', 'text/plain', 'Content-Disposition: inline; filename=notes.txt'),
      ),
      'one',
      ['notes.txt'],
    ],
    ['an unknown kind of multipart', multipart('x-anything', text('one'), text('two')), 'one\ntwo', []],
    [
      'a disposition nobody knows',
      multipart('mixed', text('one'), text('two', 'text/plain', 'Content-Disposition: x-other')),
      'one',
      ['part-2.txt'],
    ],
    [
      'the root of related, not what it shows',
      multipart('related', text('<p>one</p>', 'text/html'), text('<p>two</p>', 'text/html')),
      'one',
      ['part-2.html'],
    ],
    [
      'the root that start names',
      multipart(
        'related; start="<b@x>"',
        text('two', 'text/plain', 'Content-ID: <a@x>'),
        text('one', 'text/plain', 'Content-ID: <b@x>'),
      ),
      'one',
      ['part-1.txt'],
    ],
    [
      'the first of related with text, when start names nothing',
      multipart('related; start="<c@x>"', text('GIF', 'image/gif'), text('one')),
      'one',
      ['part-1.gif'],
    ],
    ['no text at all', multipart('mixed', text('GIF', 'image/gif')), '', ['part-1.gif']],
    ['a text of nothing but space', multipart('mixed', text('  \r\n'), text('one')), 'one', []],
  ])('%s', async (_, raw, body, files) => {
    const email = await parsed(raw)
    expect(email.text.trim()).toBe(body)
    expect(names(email)).toEqual(files)
  })

  it('keeps an attachment of no bytes', async () => {
    const email = await parsed(
      multipart('mixed', text('one'), crlf('Content-Type: application/pdf; name=empty.pdf', '', '')),
    )
    expect(email.parts.map(({ filename, size }) => [filename, size])).toEqual([['empty.pdf', 0]])
  })

  it('keeps both forks of a Macintosh file', async () => {
    const email = await parsed(
      multipart(
        'appledouble',
        text('fork', 'application/applefile; name=a.jpg'),
        text('JPEG', 'image/jpeg; name=a.jpg'),
      ),
    )
    expect(email.parts.map(({ contentType }) => contentType)).toEqual(['application/applefile', 'image/jpeg'])
  })
})

describe('parseEmail reads MIME that is none', () => {
  const two = crlf('--b', text('one'), '--b', text('two', 'text/html'), '--b--', '')
  it.each([
    ['no semicolon before the boundary', `Content-Type: multipart/mixed boundary="b"\r\n\r\n${two}`],
    [
      'a line break in place of the semicolon',
      `Content-Type: multipart/mixed\r\n\tboundary="b"\r\n\r\n${two}`,
    ],
    ['no boundary', `Content-Type: multipart/mixed\r\n\r\n${two}`],
    ['an empty boundary', `Content-Type: multipart/mixed; boundary=""\r\n\r\n${two}`],
    ['no subtype', `Content-Type: multipart; boundary=b\r\n\r\n${two}`],
    [
      'spaces behind the delimiters',
      `Content-Type: multipart/mixed; boundary="b "\r\n\r\n${two.replaceAll('--b\r', '--b  \r')}`,
    ],
    [
      'no closing delimiter',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${two.replace('--b--\r\n', '')}`,
    ],
    ['a parameter that is quoted wrongly', `Content-Type: multipart/mixed; boundary="b\r\n\r\n${two}`],
    ['line feeds only', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${two}`.replaceAll('\r', '')],
    ['carriage returns only', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${two}`.replaceAll('\n', '')],
    [
      'a leading mbox line',
      `From ada@x Mon Nov 23 2026\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${two}`,
    ],
    [
      'empty lines before the header',
      `\r\n\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${two}`,
    ],
  ])('with %s', async (_, raw) => {
    const email = await parsed(raw)
    expect(email.text.trim().split('\n')).toEqual(['one', 'two'])
    expect(email.html).toContain('two')
  })

  it('with an inner multipart whose boundary never comes', async () => {
    const email = await parsed(
      multipart('mixed', text('one'), crlf('Content-Type: multipart/alternative; boundary=never', '', 'two')),
    )
    expect(email.text).toBe('one\ntwo')
  })

  it('with an inner multipart that is never closed', async () => {
    const email = await parsed(
      multipart(
        'mixed',
        crlf('Content-Type: multipart/mixed; boundary=inner', '', '--inner', text('one')),
        text('two'),
      ),
    )
    expect(email.text).toBe('one\ntwo')
  })

  it('with the same boundary for two levels', async () => {
    const email = await parsed(
      crlf(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        text('one'),
        '--b',
        text('two'),
        '--b--',
        '--b--',
      ),
    )
    expect(email.text.trim().split('\n')).toEqual(['one', 'two'])
  })

  it.each([
    ['text', 'one'],
    ['plain', 'one'],
    ['text/', 'one'],
    ['"text/plain"; charset=utf-8', 'one'],
    ['text/plain charset=us-ascii', 'one'],
    ['text/plain, charset=us-ascii', 'one'],
    ['nonsense words', 'one'],
    [';', 'one'],
  ])('with the type %s', async (type, body) => {
    const email = await parsed(`Content-Type: ${type}\r\n\r\none`)
    expect([email.text, email.parts]).toEqual([body, []])
  })

  it.each([
    ['BASE64', 'b25l'],
    ['"base64"', 'b25l'],
    ['base64;', 'b25l'],
    ['Base-64', 'b 25\r\nl.'],
    ['base64', 'b25l\r\n='],
    ['quoted-printable', 'o=6E=\r\ne'],
    ['quoted printable', 'o=6Ee'],
    ['QP', 'o=6Ee'],
    ['8-bit', 'one'],
    ['utf-8', 'one'],
  ])('with the transfer encoding %s', async (encoding, body) => {
    const email = await parsed(
      `Content-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`,
    )
    expect(email.text.trim()).toBe('one')
  })

  it('with a text that only claims to be base64', async () => {
    const words = 'Hello, this is a text that somebody wrote with his own hands, in small letters.'
    const email = await parsed(
      `Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${words}`,
    )
    expect(email.text).toBe(words)
  })

  it('with a boundary that never comes, by the encoding it says', async () => {
    const email = await parsed(
      crlf(
        'Content-Type: multipart/mixed; boundary=never',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Gr=C3=BC=C3=9Fe',
      ),
    )
    expect(email.text).toBe('Grüße')
  })
})

interface Tree {
  readonly type: string
  readonly fields: readonly string[]
  readonly children?: readonly Tree[]
}

const leaf: fc.Arbitrary<Tree> = fc.record({
  type: fc.constantFrom(
    'text/plain',
    'text/html',
    'text/calendar',
    'text/enriched',
    'image/png',
    'application/pdf',
    'message/rfc822',
    'message/delivery-status',
    'application/pkcs7-signature',
    'application/ms-tnef',
    'application/pkcs7-mime',
    'text',
    '',
  ),
  fields: fc.constantFrom(
    [],
    ['Content-Disposition: attachment'],
    ['Content-Disposition: inline; filename=a.txt'],
    ['Content-Transfer-Encoding: base64'],
    ['Content-Transfer-Encoding: quoted-printable'],
    ['Content-ID: <id@x>'],
  ),
})
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      type: fc.constantFrom(
        'multipart/mixed',
        'multipart/alternative',
        'multipart/related',
        'multipart/signed',
        'multipart/digest',
        'multipart/report',
        'multipart/x-new',
      ),
      fields: fc.constant([]),
      children: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
  ),
}))

/** The tree as mail; each leaf holds a word of its own, which goes into `words`. */
function mailOf({ type, fields, children }: Tree, words: string[], level = 'b'): string {
  if (!children) {
    const word = `unique${words.length}word`
    words.push(word)
    const encoded = fields.some((field) => field.endsWith('base64'))
      ? Buffer.from(word).toString('base64')
      : word
    return crlf(...(type === '' ? [] : [`Content-Type: ${type}`]), ...fields, '', encoded)
  }
  return crlf(
    `Content-Type: ${type}; boundary=${level}`,
    '',
    ...children.flatMap((child, index) => [`--${level}`, mailOf(child, words, `${level}${index}`)]),
    `--${level}--`,
  )
}

it('loses no leaf of any MIME tree, and stores none twice', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (generated) => {
      const words: string[] = []
      const email = await parsed(mailOf(generated, words))
      const stored = email.parts.map((part) => bytesOf(email, part)).join('\n')
      for (const word of words) expect(`${email.text}\n${email.html}\n${stored}`).toContain(word)
      expect(new Set(email.parts.map(({ path }) => path)).size).toBe(email.parts.length)
      // Alternatives are taken at their word: what one form says the other need not.
      if (email.html !== null && !JSON.stringify(generated).includes('alternative')) {
        for (const word of email.text.match(/unique\d+word/g) ?? []) expect(email.html).toContain(word)
      }
    }),
    { numRuns: 150 },
  )
})
