import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, crlf, multipart, parsed } from './testing/parse-mail.ts'
import { takeFiles } from './uuencoded.ts'

/** uuencode as POSIX has it; `zero` is the digit for 0. */
function uuencoded(bytes: Buffer, zero = '`'): string[] {
  const digit = (value: number) => (value === 0 ? zero : String.fromCharCode(value + 32))
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 45) {
    const line = bytes.subarray(at, at + 45)
    let digits = ''
    for (let i = 0; i < line.length; i += 3) {
      const [a = 0, b = 0, c = 0] = line.subarray(i, i + 3)
      digits +=
        digit(a >> 2) + digit(((a & 3) << 4) | (b >> 4)) + digit(((b & 15) << 2) | (c >> 6)) + digit(c & 63)
    }
    lines.push(digit(line.length) + digits)
  }
  return [...lines, zero]
}

const yencoded = (bytes: Buffer) =>
  [...bytes]
    .map((byte) => {
      const shifted = (byte + 42) & 255
      return [0, 10, 13, 61].includes(shifted)
        ? `=${String.fromCharCode((shifted + 64) & 255)}`
        : String.fromCharCode(shifted)
    })
    .join('')

const data = Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 37) % 256))
const block = ['begin 644 picture.gif', ...uuencoded(data), 'end']

describe('takeFiles', () => {
  it.each([
    ['a block between texts', ['Hello', ...block, 'Bye'], 'Hello\nBye'],
    [
      'a block with spaces for 0',
      ['Hello', 'begin 644 picture.gif', ...uuencoded(data, ' '), 'end'],
      'Hello\n',
    ],
    [
      'a block whose spaces at the end of lines were cut',
      [
        'Hello',
        'begin 644 picture.gif',
        ...uuencoded(data, ' ')
          .map((line) => line.trimEnd())
          .slice(0, -1),
        'end',
      ],
      'Hello\n',
    ],
    ['a block that is never closed', ['Hello', ...block.slice(0, -2), 'Kind regards'], 'Hello\nKind regards'],
    ['a block followed by capitals', ['Hello', ...block.slice(0, -2), 'KIND REGARDS'], 'Hello\nKIND REGARDS'],
    [
      'a file of yEnc',
      ['Hello', '=ybegin line=128 size=200 name=picture.gif', yencoded(data), '=yend size=200'],
      'Hello\n',
    ],
  ])('finds %s', (_, lines, left) => {
    const found = takeFiles(lines.join('\n'), 10)
    expect(found.text).toBe(left)
    expect(found.files.map(({ name, bytes }) => [name, bytes.equals(data)])).toEqual([['picture.gif', true]])
  })

  it.each([
    ['words about it', 'begin 644 picture.gif\nis how such a file starts.\nend'],
    ['a begin without a mode', ['begin the day', ...block.slice(1)].join('\n')],
    ['a begin at the end', 'Hello\nbegin 644 x'],
    ['yEnc that is cut', '=ybegin line=128 size=200 name=x\nabc'],
    ['yEnc of another size', '=ybegin line=128 size=200 name=x\nabc\n=yend size=3'],
    ['one part of many of yEnc', '=ybegin part=1 line=128 size=3 name=x\nabc\n=yend size=3'],
  ])('leaves %s', (_, text) => {
    expect(takeFiles(text, 10)).toEqual({ text, files: [] })
  })

  it('takes as many as it may', () => {
    const text = [...block, ...block, ...block].join('\n')
    const found = takeFiles(text, 2)
    expect(found.files).toHaveLength(2)
    expect(found.text).toBe(block.join('\n'))
  })

  it('gives any bytes back', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.constantFrom('`', ' '),
        (bytes, zero) => {
          const file = Buffer.from(bytes)
          const found = takeFiles(['begin 600 a b.bin', ...uuencoded(file, zero), 'end', 'x'].join('\r\n'), 1)
          return found.text === 'x' && found.files[0]?.bytes.equals(file) === true
        },
      ),
    )
  })

  it('keeps the characters of a text that holds no file', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^(?:begin |=ybegin )/m.test(text))
        return takeFiles(text, 10).text === text
      }),
    )
  })
})

describe('parseEmail on uuencoded files', () => {
  it('makes parts of those in the text', async () => {
    const email = await parsed(crlf('Subject: x', '', 'See the picture.', ...block, 'Regards'))
    expect(email.text).toBe('See the picture.\nRegards')
    expect(
      email.parts.map(({ path, filename, contentType, size }) => [path, filename, contentType, size]),
    ).toEqual([['1.uu-1', 'picture.gif', 'image/gif', 200]])
    expect(bytesOf(email, email.parts[0])).toBe(data.toString('latin1'))
  })

  it('undoes the transfer encoding x-uuencode', async () => {
    const email = await parsed(
      multipart(
        'mixed',
        crlf('Content-Type: image/gif; name=a.gif', 'Content-Transfer-Encoding: X-UUE', '', ...block),
      ),
    )
    expect(bytesOf(email, email.parts[0])).toBe(data.toString('latin1'))
  })

  it('leaves a part that only claims x-uuencode as it is', async () => {
    const email = await parsed(
      multipart(
        'mixed',
        crlf('Content-Type: image/gif', 'Content-Transfer-Encoding: x-uuencode', '', 'GIF89a', 'x'),
      ),
    )
    expect(bytesOf(email, email.parts[0])).toBe('GIF89a\r\nx')
  })
})
