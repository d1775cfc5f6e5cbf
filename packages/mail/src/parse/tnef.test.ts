import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uncompressRtf } from './rtf-compressed.ts'
import { readRtf } from './rtf-text.ts'
import {
  attribute,
  messageProperties,
  storedRtf,
  tnef,
  tnefFile,
  tnefMail,
  unicode,
} from './testing/make-tnef.ts'
import { bytesOf, codes, crlf, multipart, parsed } from './testing/parse-mail.ts'
import { readTnef } from './tnef.ts'

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])
const namedPng = tnefFile('PICTUR~1.PNG', png, {
  14087: [0x001f, unicode('Übersicht.png')],
  14094: [0x001f, unicode('image/png')],
  14098: [0x001f, unicode('pic@outlook')],
})
const html = messageProperties({
  4115: [0x0102, Buffer.from('<p>Gr\xfc\xdfe <img src="cid:pic@outlook"></p>', 'latin1')],
})

function winmail(bytes: Buffer, type = 'application/ms-tnef'): string {
  return crlf(
    `Content-Type: ${type}; name="winmail.dat"`,
    'Content-Transfer-Encoding: base64',
    '',
    bytes.toString('base64'),
  )
}

describe('readTnef', () => {
  it('reads names, types and bytes of files, newer properties before older attributes', () => {
    expect(readTnef(tnef(namedPng, tnefFile('old.doc', png)), 10)?.files).toEqual([
      { name: 'Übersicht.png', contentType: 'image/png', contentId: 'pic@outlook', bytes: png },
      { name: 'old.doc', contentType: '', contentId: null, bytes: png },
    ])
  })

  it.each([
    ['the attribute', attribute(1, 0x800c, Buffer.from('Gr\xfc\xdfe\r\nAda\0', 'latin1'))],
    ['a Unicode property', messageProperties({ 4096: [0x001f, unicode('Grüße\r\nAda')] })],
    [
      'an 8-bit property',
      messageProperties({ 4096: [0x001e, Buffer.from('Gr\xfc\xdfe\r\nAda\0', 'latin1')] }),
    ],
    [
      'a property behind a named one',
      messageProperties({ 4096: [0x001f, unicode('Grüße\r\nAda')], 32769: [0x0003, 7] }),
    ],
    [
      'RTF',
      messageProperties({ 4105: [0x0102, storedRtf("{\\rtf1\\ansi\\ansicpg1252 Gr\\'fc\\'dfe\\par Ada}")] }),
    ],
  ])('reads the plain text of %s', (_, part) => {
    expect(readTnef(tnef(part), 1)?.plain?.trim()).toBe('Grüße\nAda')
  })

  it.each([
    [
      'HTML in the code page of the mail',
      messageProperties({ 4115: [0x0102, Buffer.from('<b>Gr\xfc\xdfe</b>', 'latin1')] }),
    ],
    [
      'HTML in UTF-8',
      messageProperties({ 4115: [0x0102, Buffer.from('<b>Grüße</b>')], 16350: [0x0003, 65001] }),
    ],
    [
      'HTML wrapped in RTF',
      messageProperties({
        4105: [
          0x0102,
          storedRtf(
            "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <b>}\\htmlrtf {\\b \\htmlrtf0 Gr\\'fc\\'dfe\\htmlrtf }\\htmlrtf0 {\\*\\htmltag72 </b>}}",
          ),
        ],
      }),
    ],
  ])('reads %s', (_, part) => {
    expect(readTnef(tnef(part), 1)?.html).toBe('<b>Grüße</b>')
  })

  it('opens mails inside, three deep', () => {
    const nested = (level: number): Buffer => {
      const text = messageProperties({
        55: [0x001f, unicode(`Level ${level}`)],
        4096: [0x001f, unicode(`text ${level}`)],
      })
      return level === 0 ? tnef(text) : tnef(text, tnefMail(nested(level - 1)))
    }
    expect(
      readTnef(nested(5), 10)?.files.map(({ name, bytes }) => [name, bytes.toString('latin1', 0, 6)]),
    ).toEqual([
      ['Level 4.txt', 'text 4'],
      ['Level 3.txt', 'text 3'],
      ['Level 2.txt', 'text 2'],
      // Deeper ones stay TNEF.
      ['', 'x\x9f>"\x01\0'],
    ])
  })

  it('reads what there is of a cut one', () => {
    const whole = tnef(namedPng, tnefFile('second.png', png))
    const cut = readTnef(whole.subarray(0, whole.length - 60), 10)
    expect(cut?.damaged).toBe(true)
    expect(cut?.files[0]?.name).toBe('Übersicht.png')
  })

  it('never throws, whatever the bytes', () => {
    const whole = tnef(html, namedPng, tnefMail(tnef(namedPng)))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(whole.length),
        (changes, end) => {
          const damaged = Buffer.from(whole)
          for (const [at, byte] of changes) damaged[at] = byte
          readTnef(damaged.subarray(0, end), 10)
        },
      ),
    )
  })

  it('takes no more files than it may, of as many as there are', () => {
    expect(readTnef(tnef(...Array<Buffer>(500).fill(tnefFile('x', png))), 7)?.files).toHaveLength(7)
  })
})

describe('RTF', () => {
  it('is inflated as MS-OXRTFCP §3.1 shows', () => {
    const example = Buffer.from(
      '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
      'hex',
    )
    expect(uncompressRtf(example, 1_000)).toBe('{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n')
    expect(uncompressRtf(example, 10)).toBe('{\\rtf1\\ans')
  })

  it.each([
    ['paragraphs', '{\\rtf1 One\\par Two\\line Three\\tab four}', 'One\nTwo\nThree\tfour'],
    ['Unicode with a stand-in', "{\\rtf1\\uc1 \\u8364? \\u8364\\'80 \\u-4051?}", '€ € \uf02d'],
    ['code pages of two bytes', "{\\rtf1\\ansi\\ansicpg932 \\'93\\'fa\\'96\\'7b}", '日本'],
    ['escaped brackets', '{\\rtf1 \\{a\\}\\\\b}', '{a}\\b'],
    [
      'no fonts, pictures or unknown destinations',
      '{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\pict 0102}{\\*\\any x}{\\info{\\author me}}text}',
      'text',
    ],
    ['binary data that looks like RTF', '{\\rtf1 a{\\pict\\bin3 }}}}b}', 'ab'],
    ['more closing than opening brackets', '{\\rtf1 a}}}b', 'ab'],
  ])('is read with %s', (_, rtf, text) => {
    expect(readRtf(rtf)).toEqual({ content: text, html: false })
  })

  it('is read in bounded time, however it nests', () => {
    expect(readRtf(`{\\rtf1 a${'{'.repeat(1_000_000)}x${'}'.repeat(1_000_000)}b}`).content).toBe('ab')
  })
})

describe('parseEmail on winmail.dat', () => {
  it('gives the files below the path of the part, which stays', async () => {
    const email = await parsed(
      multipart('mixed', 'Content-Type: text/plain\r\n\r\nSee below.', winmail(tnef(html, namedPng))),
    )
    expect(
      email.parts.map(({ path, filename, contentType, disposition, role }) => [
        path,
        filename,
        contentType,
        disposition,
        role,
      ]),
    ).toEqual([
      ['2', 'winmail.dat', 'application/ms-tnef', 'attachment', 'container'],
      ['2.tnef-1', 'Übersicht.png', 'image/png', 'inline', undefined],
    ])
    expect(bytesOf(email, email.parts[1])).toBe(png.toString('latin1'))
    expect(email.text).toBe('See below.')
    expect(email.html).toContain('<p>Grüße')
  })

  it('shows its body when the mail has no other', async () => {
    const email = await parsed(`Subject: x\r\n${winmail(tnef(html), 'application/octet-stream')}`)
    expect(email.text.trim()).toBe('Grüße')
    expect(email.html).toContain('cid:pic@outlook')
    expect(email.parts).toHaveLength(1)
  })

  it.each([
    ['no TNEF at all', Buffer.from('hello'), 'tnef-unread'],
    ['a cut one', tnef(namedPng).subarray(0, 60), 'tnef-damaged'],
  ])('keeps %s, with a warning', async (_, bytes, code) => {
    const email = await parsed(`Subject: x\r\n${winmail(bytes)}`)
    expect(codes(email)).toContain(code)
    expect(email.parts).toHaveLength(1)
  })

  it('leaves one as it is that is too large to hold', async () => {
    const email = await parsed(`Subject: x\r\n${winmail(tnef(namedPng))}`, { unpackBytes: 100 })
    expect(codes(email)).toContain('too-large-to-unpack')
    expect(email.parts).toHaveLength(1)
  })
})
