/* What stands in a desk that was just opened for the first time: five small mails, one of each everyday kind. */

import { tinyPdf, tinyPng } from './samples/tiny-files.ts'

/** Where the senders live, unless told; give it to the sandbox as one of its domains, so that they get their answers. */
export const SAMPLE_CUSTOMER_DOMAIN = 'customers.example'

export interface SampleMail {
  readonly from: string
  readonly to: string
  /** The whole mail, with CRLF line ends. */
  readonly raw: Buffer
}

interface Draft {
  /** Makes the Message-ID, the same at every call. */
  readonly name: string
  readonly from: { readonly name: string; readonly local: string }
  readonly subject: string
  readonly hoursAgo: number
  readonly headers?: readonly string[]
  /** Content headers, an empty line, the content. */
  readonly body: readonly string[]
}

/**
 * The sample mails, oldest first. Message-IDs never change, so delivering them twice can be recognised; dates lie in
 * the hours before `now`. Deliver in order: the third answers the first.
 */
export function sampleMails(
  supportAddress: string,
  now: Date = new Date(),
  customerDomain: string = SAMPLE_CUSTOMER_DOMAIN,
): SampleMail[] {
  const messageId = (name: string) => `<sample-${name}@${customerDomain}>`
  return drafts(messageId).map(({ name, from, subject, hoursAgo, headers = [], body }) => {
    const address = `${from.local}@${customerDomain}`
    const lines = [
      `From: ${from.name} <${address}>`,
      `To: ${supportAddress}`,
      `Subject: ${subject}`,
      `Date: ${new Date(now.getTime() - hoursAgo * 3_600_000).toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: ${messageId(name)}`,
      'MIME-Version: 1.0',
      ...headers,
      ...body,
      '',
    ]
    return { from: address, to: supportAddress, raw: Buffer.from(lines.join('\r\n'), 'utf8') }
  })
}

const ada = { name: 'Ada Brandt', local: 'ada.brandt' }
const plainText = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '']

function drafts(messageId: (name: string) => string): Draft[] {
  return [
    {
      name: 'question',
      from: ada,
      subject: 'Can I change the delivery address?',
      hoursAgo: 26,
      body: [
        ...plainText,
        'Hello,',
        '',
        'I ordered a desk lamp yesterday (order 20418) and gave my old address.',
        'Can you still send it to Mill Lane 7 instead?',
        '',
        'Thank you',
        'Ada Brandt',
      ],
    },
    {
      name: 'damaged-parcel',
      from: { name: 'Luis Ortega', local: 'luis.ortega' },
      subject: 'Parcel arrived damaged, invoice attached',
      hoursAgo: 5,
      body: damagedParcel(messageId),
    },
    {
      name: 'question-again',
      from: ada,
      subject: 'Re: Can I change the delivery address?',
      hoursAgo: 3,
      headers: [`In-Reply-To: ${messageId('question')}`, `References: ${messageId('question')}`],
      body: [
        ...plainText,
        'One more thing: the doorbell does not work, please ask the driver to knock.',
        '',
        'Ada',
        '',
        'On Sunday, Ada Brandt wrote:',
        '> I ordered a desk lamp yesterday (order 20418) and gave my old address.',
        '> Can you still send it to Mill Lane 7 instead?',
      ],
    },
    {
      name: 'out-of-office',
      from: { name: 'Noor Haddad', local: 'noor.haddad' },
      subject: 'Automatic reply: Your order has shipped',
      hoursAgo: 2,
      headers: ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'],
      body: [...plainText, 'I am out of the office until Monday and will answer then.', '', 'Noor Haddad'],
    },
    {
      name: 'html-only',
      from: { name: '=?UTF-8?Q?J=C3=BCrgen_Wei=C3=9F?=', local: 'juergen.weiss' },
      subject: '=?UTF-8?Q?R=C3=BCckfrage_zu_meiner_Bestellung_f=C3=BCr_M=C3=BCnchen?=',
      hoursAgo: 1,
      body: [
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        '<html><body><p>Guten Tag,</p>',
        '<p>ist die <b>grüne Leseleuchte</b> auch mit längerem Kabel lieferbar?</p>',
        '<p>Viele Grüße<br>Jürgen Weiß</p></body></html>',
      ],
    },
  ]
}

/** mixed( related( html, image ), pdf ) */
function damagedParcel(messageId: (name: string) => string): string[] {
  const photo = messageId('photo')
  const pdf = tinyPdf(['Invoice 20397', '1 x reading lamp, green', 'Total 49.00 EUR'])
  return [
    'Content-Type: multipart/mixed; boundary="sample-mixed"',
    '',
    '--sample-mixed',
    'Content-Type: multipart/related; boundary="sample-related"',
    '',
    '--sample-related',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '<p>Hi, the lamp from order 20397 came with a broken shade:</p>',
    `<p><img src="cid:${photo.slice(1, -1)}" alt="the broken shade"></p>`,
    '<p>The invoice is attached. Could you send a new shade?</p>',
    '<p>Luis Ortega</p>',
    '--sample-related',
    'Content-Type: image/png; name="shade.png"',
    'Content-Transfer-Encoding: base64',
    `Content-ID: ${photo}`,
    'Content-Disposition: inline; filename="shade.png"',
    '',
    ...base64Lines(tinyPng(48, 32, [62, 142, 84])),
    '--sample-related--',
    '--sample-mixed',
    'Content-Type: application/pdf; name="invoice-20397.pdf"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="invoice-20397.pdf"',
    '',
    ...base64Lines(pdf),
    '--sample-mixed--',
  ]
}

function base64Lines(bytes: Buffer): string[] {
  return bytes.toString('base64').match(/.{1,76}/g) ?? []
}
