import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownContentIds, takeDataFiles } from './data-images.ts'
import { bytesOf, crlf, multipart, parsed } from './testing/parse-mail.ts'

const gif = Buffer.from('GIF89a and more').toString('base64')

describe('takeDataFiles', () => {
  it.each([
    ['in double quotes', `<img src="data:image/gif;base64,${gif}">`, '<img src="cid:data-1.2@part.invalid">'],
    ['in single quotes', `<img src='data:image/gif;base64,${gif}'>`, "<img src='cid:data-1.2@part.invalid'>"],
    [
      'without quotes',
      `<img src=data:image/gif;base64,${gif} alt=x>`,
      '<img src=cid:data-1.2@part.invalid alt=x>',
    ],
    [
      'in a style',
      `<b style="background:url(data:image/gif;base64,${gif})">`,
      '<b style="background:url(cid:data-1.2@part.invalid)">',
    ],
    [
      'in capitals and with parameters',
      `<img src="DATA:Image/GIF;name=x.gif;base64,${gif}">`,
      '<img src="cid:data-1.2@part.invalid">',
    ],
    [
      'folded',
      `<img src="data:image/gif;base64,${gif.slice(0, 8)}\r\n ${gif.slice(8)}">`,
      '<img src="cid:data-1.2@part.invalid">',
    ],
    [
      'with percents',
      `<img src="data:image/gif;base64,${gif.replaceAll('=', '%3D')}">`,
      '<img src="cid:data-1.2@part.invalid">',
    ],
    ['no base64', '<img src="data:image/gif,GIF89a%20and%20more">', '<img src="cid:data-1.2@part.invalid">'],
    [
      'twice',
      `<img src="data:image/gif;base64,${gif}"><img src="data:image/gif;base64,${gif}">`,
      '<img src="cid:data-1.2@part.invalid"><img src="cid:data-1.2@part.invalid">',
    ],
  ])('takes a file %s', (_, html, left) => {
    const found = takeDataFiles(html, '2', 10)
    expect(found.html).toBe(left)
    expect(found.files.map(({ contentType, bytes }) => [contentType, bytes.toString()])).toEqual([
      ['image/gif', 'GIF89a and more'],
    ])
  })

  it.each([
    ['words', 'The data: 1,2,3'],
    ['a URI in a text', `see data:image/gif;base64,${gif}`],
    ['no base64 at all', '<img src="data:image/gif;base64,???">'],
    ['an empty one', '<img src="data:image/gif;base64,">'],
    ['no media type', `<img src="data:;base64,${gif}">`],
    ['a script that is no base64', '<a href="data:text/html,<script>alert(1)</script>">x</a>'],
    ['broken percents', '<img src="data:image/gif,%FF%FE">'],
  ])('leaves %s', (_, html) => {
    expect(takeDataFiles(html, '1', 10)).toEqual({ html, files: [] })
  })

  it('takes as many as it may', () => {
    const html = Array.from({ length: 5 }, (_, i) => `<img src="data:image/gif;base64,AAA${i}">`).join('')
    const found = takeDataFiles(html, '1', 2)
    expect(found.files).toHaveLength(2)
    expect(found.html.match(/data:image/g)).toHaveLength(3)
  })

  it('loses nothing of any HTML', () => {
    const piece = fc.constantFrom(
      '<img src="data:image/gif;base64,',
      gif,
      '"',
      "'",
      '(data:',
      ',',
      'x',
      ' ',
      'data:image/png,%41',
      '%',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const html = pieces.join('')
        const found = takeDataFiles(html, '1', 3)
        return found.files.length > 0 || found.html === html
      }),
    )
  })

  it.each([
    ['openings', '="data:image/gif;base64,'],
    ['brackets', '(data:image/gif,'],
    ['words', '=data:'],
  ])('is linear in many %s', (_, piece) => {
    takeDataFiles(piece.repeat(200_000), '1', 10)
  })
})

it('shownContentIds finds what an HTML points to', () => {
  expect([
    ...shownContentIds('<img src="cid:a@b"> <b style="background:url(CID:c%40d)"> cid:text', 10),
  ]).toEqual(['a@b', 'c@d', 'c%40d'])
})

describe('parseEmail on pictures', () => {
  it('makes parts of those written into the HTML', async () => {
    const email = await parsed(
      crlf('Content-Type: text/html', '', `<p>Hi <img src="data:image/gif;base64,${gif}">`),
    )
    expect(email.html).toBe('<p>Hi <img src="cid:data-1.1@part.invalid">')
    expect(
      email.parts.map(({ path, filename, contentType, disposition, contentId }) => [
        path,
        filename,
        contentType,
        disposition,
        contentId,
      ]),
    ).toEqual([['1.data-1', 'part-1.data-1.gif', 'image/gif', 'inline', 'data-1.1@part.invalid']])
    expect(bytesOf(email, email.parts[0])).toBe('GIF89a and more')
  })

  it('knows which parts the HTML shows, whatever their disposition says', async () => {
    const picture = (id: string) =>
      crlf(
        'Content-Type: image/gif',
        `Content-ID: <${id}>`,
        'Content-Disposition: attachment; filename=x.gif',
        '',
        'GIF',
      )
    const email = await parsed(
      multipart(
        'mixed',
        'Content-Type: text/html\r\n\r\n<img src="cid:one@x">',
        picture('one@x'),
        picture('two@x'),
      ),
    )
    expect(email.parts.map(({ disposition }) => disposition)).toEqual(['inline', 'attachment'])
  })
})
