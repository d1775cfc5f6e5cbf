import { describe, expect, it } from 'vitest'
import { codes, crlf, multipart, parsed } from './testing/parse-mail.ts'

const inner = (subject: string, ...body: string[]) =>
  crlf(
    'From: Grace <grace@navy.example>',
    'To: ada@customer.example',
    'Cc: log@navy.example',
    'Date: Mon, 9 Sep 2024 15:45:00 +0200',
    'Message-ID: <moth@navy.example>',
    `Subject: ${subject}`,
    ...body,
  )

const asPart = (type: string, mail: string, ...fields: string[]) =>
  crlf(`Content-Type: ${type}`, ...fields, '', mail)

describe('attached mails', () => {
  it.each([
    ['message/rfc822', asPart('message/rfc822', inner('A moth', '', 'In relay 70.'))],
    ['message/global', asPart('message/global', inner('A moth', '', 'In relay 70.'))],
    [
      'message/rfc822 in base64',
      asPart(
        'message/rfc822',
        Buffer.from(inner('A moth', '', 'In relay 70.')).toString('base64'),
        'Content-Transfer-Encoding: base64',
      ),
    ],
    [
      'a file called .eml',
      asPart(
        'application/octet-stream',
        inner('A moth', '', 'In relay 70.'),
        'Content-Disposition: attachment; filename="A moth.eml"',
      ),
    ],
    ['a mail behind an empty line', asPart('message/rfc822', `\r\n${inner('A moth', '', 'In relay 70.')}`)],
    [
      'an HTML mail',
      asPart('message/rfc822', inner('A moth', 'Content-Type: text/html', '', '<p>In <b>relay</b> 70.</p>')),
    ],
  ])('are kept whole and made readable: %s', async (_, part) => {
    const email = await parsed(multipart('mixed', 'Content-Type: text/plain\r\n\r\nSee below.', part))
    expect(email.attachedMails).toEqual([
      {
        path: '2',
        from: [{ name: 'Grace', address: 'grace@navy.example' }],
        to: [{ name: '', address: 'ada@customer.example' }],
        cc: [{ name: '', address: 'log@navy.example' }],
        date: '2024-09-09T13:45:00.000Z',
        subject: 'A moth',
        messageId: 'moth@navy.example',
        text: 'In relay 70.',
      },
    ])
    expect(email.parts.map(({ path, filename }) => [path, filename])).toEqual([['2', 'A moth.eml']])
    expect(email.kept.get(email.parts[0]?.blob ?? '')?.toString()).toContain('Subject: A moth')
    expect(email.text).toBe('See below.')
    expect(email.kept.size).toBe(1)
  })

  it('are named by what was sent, else by their subject, made safe', async () => {
    const email = await parsed(
      multipart(
        'mixed',
        asPart('message/rfc822; name="sent.eml"', inner('A moth', '', 'x')),
        asPart('message/rfc822', inner('../../etc/passwd', '', 'x')),
        asPart('message/rfc822', 'no mail at all'),
      ),
    )
    expect(email.parts.map(({ filename }) => filename)).toEqual(['sent.eml', 'passwd.eml', 'part-3.eml'])
    expect(email.attachedMails.map(({ path }) => path)).toEqual(['1', '2'])
  })

  it('inside attached mails are read three deep, and stored once', async () => {
    const nested = (level: number): string =>
      level === 0
        ? inner('Level 0', '', 'bottom')
        : inner(
            `Level ${level}`,
            `Content-Type: multipart/mixed; boundary=n${level}`,
            '',
            `--n${level}`,
            '',
            `text ${level}`,
            `--n${level}`,
            'Content-Type: message/rfc822',
            '',
            nested(level - 1),
            `--n${level}--`,
          )
    const email = await parsed(multipart('mixed', asPart('message/rfc822', nested(5))))
    expect(email.attachedMails.map(({ path, subject, text }) => [path, subject, text.trim()])).toEqual([
      ['1', 'Level 5', 'text 5'],
      ['1.2', 'Level 4', 'text 4'],
      ['1.2.2', 'Level 3', 'text 3'],
    ])
    expect(email.parts).toHaveLength(1)
    expect(email.kept.size).toBe(1)
  })

  it('in a digest need no type', async () => {
    const email = await parsed(
      multipart('digest', `\r\n${inner('One', '', 'x')}`, `\r\n${inner('Two', '', 'y')}`),
    )
    expect(email.attachedMails.map(({ subject }) => subject)).toEqual(['One', 'Two'])
    expect(email.parts.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['One.eml', 'message/rfc822'],
      ['Two.eml', 'message/rfc822'],
    ])
  })

  it('are sixteen at most, of their first 256 KiB', async () => {
    const long = `${inner('Long', '', 'word '.repeat(100_000))}`
    const email = await parsed(multipart('mixed', ...Array(20).fill(asPart('message/rfc822', long))))
    expect(email.attachedMails).toHaveLength(16)
    expect(email.attachedMails[0]?.text.length).toBeLessThan(256 * 1024)
    expect(email.parts).toHaveLength(20)
    expect(email.parts[0]?.size).toBeGreaterThan(500_000)
  })

  it('that are bombs cost their own reading only', async () => {
    const bomb = inner('Bomb', 'Content-Type: multipart/mixed; boundary=z', '', '--z\r\n\r\n'.repeat(5_000))
    const email = await parsed(multipart('mixed', '\r\nText', asPart('message/rfc822', bomb)))
    expect(email.text).toBe('Text')
    expect(email.attachedMails).toEqual([])
    expect(codes(email)).toContain('attached-mail-unread')
  })
})
