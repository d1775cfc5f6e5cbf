import { anAddress, anEmail, aPart } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import { signReplyToken } from '../threading/reply-token.ts'
import { matchRecipients, reportPointersOf } from './match-report.ts'

const keys = ['a key of the tests', 'an older key']
const tokenOf = (nonce: string, key: string) =>
  signReplyToken({ ticketNumber: '7', role: 'public', nonce }, [key])
const token = tokenOf('aaaaaaaa', 'an older key')
const other = tokenOf('bbbbbbbb', 'a key of the tests')
const lost = tokenOf('cccccccc', 'a key that was thrown away')

function report({ to = 'support@desk.example', returned = [] as string[], inReplyTo = [] as string[] }) {
  return anEmail({
    from: [anAddress('mailer-daemon@mx.example')],
    to: [anAddress(to)],
    subject: 'Undelivered Mail Returned to Sender',
    inReplyTo,
    headers: { 'return-path': '<>' },
    parts: [aPart({ contentType: 'message/delivery-status' })],
    reportParts: [
      {
        path: '2',
        contentType: 'message/delivery-status',
        text: 'Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n',
      },
      ...(returned.length > 0
        ? [{ path: '3', contentType: 'text/rfc822-headers', text: `${returned.join('\r\n')}\r\n` }]
        : []),
    ],
  })
}

describe('what points to a mail of ours', () => {
  test.each<[string, Parameters<typeof report>[0], readonly object[]]>([
    ['nothing', {}, []],
    [
      'the signed address it came to, before the id of the returned mail',
      { to: `support+${token}@desk.example`, returned: [`Message-ID: <${other}@desk.example>`] },
      [
        { by: 'envelope-token', nonce: 'aaaaaaaa', ticketNumber: '7' },
        { by: 'signed-id', nonce: 'bbbbbbbb' },
        { by: 'stored-id', rfc822Id: `${other}@desk.example` },
      ],
    ],
    [
      'the id of the returned mail, in any letter case',
      { returned: [`Message-ID: <${token.toUpperCase()}@DESK.example>`] },
      [{ by: 'signed-id', nonce: 'aaaaaaaa' }, { by: 'stored-id' }],
    ],
    [
      'what the report says it answers',
      { inReplyTo: [`${token}@desk.example`] },
      [{ by: 'signed-id', nonce: 'aaaaaaaa' }, { by: 'stored-id' }],
    ],
    [
      'an id whose key was thrown away, which must have been stored',
      { returned: [`Message-ID: <${lost}@desk.example>`] },
      [{ by: 'stored-id', rfc822Id: `${lost}@desk.example` }],
    ],
    [
      'where answers to the returned mail go, when a provider gave it an id of its own',
      {
        returned: ['Message-ID: <x1@provider.example>', `Reply-To: The Desk <support+${token}@desk.example>`],
      },
      [{ by: 'header-token', nonce: 'aaaaaaaa' }],
    ],
    ['an id that anybody could have made up', { returned: ['Message-ID: <7@desk.example>'] }, []],
    [
      'what the returned mail refers to',
      { returned: ['Message-ID: <a@b.example>', `References: <${token}@desk.example>`] },
      [],
    ],
    ['a signed address with a letter turned', { to: `support+${token.slice(0, -1)}@desk.example` }, []],
  ])('%s', (_name, fields, expected) => {
    expect(reportPointersOf(report(fields), keys)).toMatchObject(expected)
    expect(reportPointersOf(report(fields), keys)).toHaveLength(expected.length)
  })
})

describe('which recipient a report means', () => {
  const ada = { id: '1', address: 'Ada+Desk@customer.example' }
  const bob = { id: '2', address: 'bob@customer.example' }
  test.each<
    [string, readonly string[], readonly (typeof ada)[], readonly (string | null)[], readonly string[]]
  >([
    ['the same', ['ada+desk@customer.example'], [ada, bob], ['1'], []],
    ['in capitals', ['ADA+DESK@CUSTOMER.EXAMPLE'], [ada, bob], ['1'], []],
    ['with the type still in front', ['rfc822; <bob@customer.example>'], [ada, bob], ['2'], []],
    ['with the escapes of ORCPT', ['rfc822;ada+2Bdesk@customer.example'], [ada, bob], ['1'], []],
    ['both', ['bob@customer.example', 'ada+desk@customer.example'], [ada, bob], ['2', '1'], []],
    ['a stranger among two', ['carol@else.example'], [ada, bob], [], ['carol@else.example']],
    ['forwarded on, of a mail to one', ['ada@elsewhere.example'], [ada], ['1 as ada@elsewhere.example'], []],
    ['nobody, of a mail to nobody', ['ada@elsewhere.example'], [], [], ['ada@elsewhere.example']],
  ])('%s', (_name, reported, deliveries, matched, strangers) => {
    const found = matchRecipients(
      reported.map((address) => ({ address })),
      deliveries,
    )
    expect(
      found.matches.map(({ delivery, reportedAs }) =>
        reportedAs ? `${delivery.id} as ${reportedAs}` : delivery.id,
      ),
    ).toEqual(matched)
    expect(found.strangers).toEqual(strangers)
  })
})
