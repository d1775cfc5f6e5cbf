// Made mail for load and kill tests: threads of known shape, so that what became of each mail can be checked.
import { seededRandom } from '@maildesk/testkit'

export interface MadeMail {
  readonly messageId: string
  /** Message-ID of the first mail of its conversation. */
  readonly root: string
  readonly from: string
  readonly raw: string
}

/**
 * `count` mails to `to`, a third of them replies to an earlier one of the same customer, in an order in which a parent
 * comes first. The same seed gives the same mails.
 */
export function makeConversations(count: number, to: string, seed: number, now: Date): MadeMail[] {
  const random = seededRandom(seed)
  const mails: MadeMail[] = []
  for (let index = 0; index < count; index += 1) {
    const isReply = index % 3 === 2
    const parent = isReply ? mails[Math.floor(random() * mails.length)] : undefined
    mails.push(makeMail(index, to, seed, parent, mails, now))
  }
  return mails
}

function makeMail(
  index: number,
  to: string,
  seed: number,
  parent: MadeMail | undefined,
  earlier: readonly MadeMail[],
  now: Date,
): MadeMail {
  const messageId = `mail-${seed}-${index}@customer.test`
  const from = parent?.from ?? `customer-${seed}-${index}@customer.test`
  const root = parent?.root ?? messageId
  const references = parent ? [...new Set([root, parent.messageId])] : []
  const withAttachment = index % 5 === 0
  const fields = [
    `From: Customer ${index} <${from}>`,
    `To: ${to}`,
    `Subject: ${parent ? 'Re: ' : ''}Question of ${root}`,
    `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    ...(parent
      ? [`In-Reply-To: <${parent.messageId}>`, `References: ${references.map((id) => `<${id}>`).join(' ')}`]
      : []),
    'MIME-Version: 1.0',
  ]
  const text = `Mail ${index} of ${earlier.length + 1} so far.`
  const body = withAttachment
    ? [
        'Content-Type: multipart/mixed; boundary="made"',
        '',
        '--made',
        'Content-Type: text/plain; charset=utf-8',
        '',
        text,
        '--made',
        'Content-Type: application/pdf; name="bill.pdf"',
        'Content-Disposition: attachment; filename="bill.pdf"',
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from(`%PDF-1.4 bill ${index}`).toString('base64'),
        '--made--',
      ]
    : ['Content-Type: text/plain; charset=utf-8', '', text]
  return { messageId, root, from, raw: [...fields, ...body, ''].join('\r\n') }
}
