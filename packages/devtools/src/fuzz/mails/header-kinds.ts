// Header fields beyond the usual ones, of every kind that mail brings; each row is one choice of a made mail.
import type { Charset } from './charsets.ts'

const base64 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('base64')

export const headerKinds: readonly ((charset: Charset) => string)[] = [
  ({ label, bytes }) => `Subject: =?${label}?B?${base64(bytes)}?= and =?${label}?B?${base64(bytes)}?=`,
  ({ bytes }) => `Subject: raw ${bytes}`,
  () => 'Subject: Re: Fwd: AW: WG: [desk #42] Re[2]: once more',
  () => `Subject: ${'long '.repeat(300)}`,
  () => 'Reply-To: "Other, Place" <other@made.example>, third@made.example',
  () => 'Cc: A Group: one@made.example, "Two" <two@made.example>;, three@made.example',
  () => 'Cc: (comment (nested)) x@made.example, @route,@b:y@made.example, "a\\"b" <"q q"@made.example>',
  () => 'Sender: Assistant <assistant@made.example>',
  ({ label, bytes }) => `To: =?${label}?B?${base64(bytes)}?= <someone@made.example>, , ;, <>`,
  () => 'To: undisclosed-recipients:;',
  () => `To: ${Array.from({ length: 40 }, (_, at) => `p${at}@made.example`).join(',\r\n ')}`,
  () => 'To: user@xn--mller-kva.example, jürgen@müller.example',
  () => 'In-Reply-To: <first@made.example> "quoted" <second@made.example>',
  () => `References: ${Array.from({ length: 120 }, (_, at) => `<r${at}@made.example>`).join('\r\n\t')}`,
  () => 'References: not-an-id <>  <no-end',
  () => 'Auto-Submitted: auto-replied (vacation)',
  () => 'Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nPrecedence: bulk',
  () => 'Return-Path: <>',
  () =>
    'List-Id: Talk <talk.made.example>\r\nList-Unsubscribe: <mailto:leave@made.example>, <https://made.example/l>',
  () => 'X-Failed-Recipients: gone@made.example',
  () =>
    `Received: from a (b [192.0.2.1])\r\n\tby c with ESMTPS id d; Mon, 2 Mar 2026 09:00:00 +0000\r\n`
      .repeat(12)
      .trim(),
  () => `DKIM-Signature: v=1; a=rsa-sha256; d=made.example; s=k;\r\n b=${'Ab+/'.repeat(64)}=`,
  () =>
    'Authentication-Results: mx.made.example; spf=pass; dkim=fail (bad) header.d=made.example; dmarc=none',
  () => 'Date: Thu, 31 Feb 275760 25:61:61 +9999',
  () => 'Date: 3 Mar 26 10:11 EST (a (nested) comment)',
  () => 'Message-ID: no brackets here',
  () => 'Message-ID: <two@made.example>\r\nMessage-ID: <three@made.example>',
  () => 'From: second@made.example',
  () => 'From: "=?utf-8?Q?x?= <evil@made.example>" <real@made.example>, also@made.example',
  () => 'From:',
  () => 'X-Empty:\r\nX-Colon::: :\r\nX-Tab:\tvalue\t\r\nX-Space : value',
  () => 'Thread-Topic: topic\r\nThread-Index: Ac3kZm9vYmFy\r\nX-MS-Has-Attach: yes\r\nX-MS-TNEF-Correlator:',
  () => `X-Long: ${'x'.repeat(3_000)}`,
  () => 'Content-Description: twice\r\nContent-Language: de, en\r\nContent-Location: http://made.example/a b',
]
