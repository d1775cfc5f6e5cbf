import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCms } from './cms.ts'
import { codes, crlf, multipart, parsed } from './testing/parse-mail.ts'

const oids = { signed: '2a864886f70d010702', enveloped: '2a864886f70d010703', data: '2a864886f70d010701' }

/** A DER value; lengths in the shortest form. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content)
  const size = bytes.length
  const length =
    size < 128
      ? [size]
      : size < 256
        ? [0x81, size]
        : size < 65_536
          ? [0x82, size >> 8, size & 255]
          : [0x83, size >> 16, (size >> 8) & 255, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), bytes])
}

/** The same of indefinite length, as streaming signers write it. */
const ber = (tag: number, ...content: Buffer[]) =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...content, Buffer.from([0, 0])])

const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const integer = der(0x02, Buffer.from([1]))

function signed(content: Buffer): Buffer {
  const encapsulated = der(0x30, oid(oids.data), der(0xa0, der(0x04, content)))
  const data = der(0x30, integer, der(0x31, der(0x30, oid(oids.data))), encapsulated, der(0x31))
  return der(0x30, oid(oids.signed), der(0xa0, data))
}

function streamed(content: Buffer, piece: number): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < content.length; at += piece) pieces.push(der(0x04, content.subarray(at, at + piece)))
  const encapsulated = ber(0x30, oid(oids.data), ber(0xa0, ber(0x24, ...pieces)))
  return ber(
    0x30,
    oid(oids.signed),
    ber(0xa0, ber(0x30, integer, ber(0x31, der(0x30, oid(oids.data))), encapsulated, der(0x31))),
  )
}

const enveloped = der(0x30, oid(oids.enveloped), der(0xa0, der(0x30, integer, Buffer.alloc(200, 7))))

describe('readCms', () => {
  it.each([
    ['in DER', signed(Buffer.from('hello'))],
    ['in pieces of indefinite length', streamed(Buffer.from('hello'), 2)],
  ])('reads what a signature holds, %s', (_, bytes) => {
    expect(readCms(bytes)).toEqual({ kind: 'signed', content: Buffer.from('hello') })
  })

  it('tells encrypted from signed by the first bytes', () => {
    expect(readCms(enveloped.subarray(0, 64))).toEqual({ kind: 'encrypted' })
    expect(readCms(signed(Buffer.alloc(1_000)).subarray(0, 64)).kind).toBe('signed')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a value that nests for ever', Buffer.from('3080'.repeat(100_000), 'hex')],
    ['lengths behind the end', Buffer.from('3084ffffffff', 'hex')],
  ])('takes %s for unknown', (_, bytes) => {
    expect(readCms(bytes)).toEqual({ kind: 'unknown' })
  })

  it('gives any content back, however it is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 500 }),
        fc.integer({ min: 1, max: 100 }),
        (bytes, piece) => {
          const content = Buffer.from(bytes)
          for (const cms of [readCms(signed(content)), readCms(streamed(content, piece))]) {
            expect(cms.kind === 'signed' && cms.content?.equals(content)).toBe(true)
          }
        },
      ),
    )
  })

  it('never throws, whatever the bytes', () => {
    const whole = streamed(Buffer.alloc(100, 1), 7)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 10 }),
        fc.nat(whole.length),
        (changes, end) => {
          const damaged = Buffer.from(whole)
          for (const [at, byte] of changes) damaged[at] = byte
          readCms(damaged.subarray(0, end))
        },
      ),
    )
  })
})

const inner = crlf(
  'Content-Type: multipart/mixed; boundary=i',
  '',
  '--i',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'The signed words.',
  '--i',
  'Content-Type: image/gif; name=a.gif',
  '',
  'GIF',
  '--i--',
)

const smime = (bytes: Buffer) =>
  crlf(
    'Subject: x',
    'Content-Type: application/pkcs7-mime; name="smime.p7m"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="smime.p7m"',
    '',
    bytes.toString('base64'),
  )

describe('parseEmail on signed and encrypted mails', () => {
  it.each([
    ['in DER', signed(Buffer.from(inner))],
    ['streamed', streamed(Buffer.from(inner), 64)],
  ])('reads an opaque S/MIME signature %s', async (_, bytes) => {
    const email = await parsed(smime(bytes))
    expect(email.text).toBe('The signed words.')
    expect(email.parts.map(({ path, filename, role }) => [path, filename, role])).toEqual([
      ['1', 'smime.p7m', 'signed'],
      ['1.2', 'a.gif', undefined],
    ])
    expect(codes(email)).toEqual(['date-invalid', 'smime-signed'])
  })

  it('opens signatures in signatures three deep', async () => {
    let content = Buffer.from('Content-Type: text/plain\r\n\r\nbottom')
    for (let level = 0; level < 6; level += 1) {
      content = Buffer.from(smime(signed(content)))
    }
    const email = await parsed(content)
    expect(email.text).toBe('')
    expect(email.parts.map(({ path }) => path)).toEqual(['1', '1.1', '1.1.1', '1.1.1.1'])
  })

  it('says that S/MIME is encrypted, and shows no text', async () => {
    const email = await parsed(smime(enveloped))
    expect([email.text, email.html]).toEqual(['', null])
    expect(email.parts.map(({ role }) => role)).toEqual(['encrypted'])
    expect(email.warnings).toContainEqual({ code: 'encrypted', detail: 'smime' })
  })

  it('says that PGP/MIME is encrypted', async () => {
    const email = await parsed(
      multipart(
        'encrypted; protocol="application/pgp-encrypted"',
        'Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1',
        'Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----',
      ),
    )
    expect(email.text).toBe('')
    expect(email.parts.map(({ role }) => role)).toEqual(['encrypted', 'encrypted'])
    expect(email.warnings).toContainEqual({ code: 'encrypted', detail: 'pgp' })
  })

  it.each([
    ['application/pgp-signature; name=signature.asc', 'pgp-signed', 'signature.asc'],
    ['application/pkcs7-signature; name=smime.p7s', 'smime-signed', 'smime.p7s'],
    ['application/x-pkcs7-signature; name=smime.p7s', 'smime-signed', 'smime.p7s'],
  ])('keeps a detached signature: %s', async (type, code, filename) => {
    const email = await parsed(
      multipart(
        'signed',
        'Content-Type: text/plain\r\n\r\nSigned words.',
        `Content-Type: ${type}\r\n\r\nMII`,
      ),
    )
    expect(email.text).toBe('Signed words.')
    expect(email.parts.map((part) => [part.filename, part.role])).toEqual([[filename, 'signature']])
    expect(codes(email)).toContain(code)
  })

  it.each([
    ['-----BEGIN PGP MESSAGE-----', { code: 'encrypted', detail: 'pgp' }],
    ['-----BEGIN PGP SIGNED MESSAGE-----', { code: 'pgp-signed', detail: 'not verified' }],
  ])('labels a text with %s and leaves it whole', async (line, warning) => {
    const email = await parsed(crlf('Subject: x', '', 'Hello,', line, 'Hash: SHA256', '', 'words'))
    expect(email.warnings).toContainEqual(warning)
    expect(email.text).toBe(`Hello,\n${line}\nHash: SHA256\n\nwords`)
  })

  it('does not label a quote of one', async () => {
    expect(codes(await parsed('Subject: x\r\n\r\n> -----BEGIN PGP MESSAGE-----\r\n'))).toEqual([
      'date-invalid',
    ])
  })
})
