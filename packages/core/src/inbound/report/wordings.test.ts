// What servers answer, in the words of many: the reason that is drawn from them, and whether the address is dead.
import { anAddress, anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import { readBounce } from './bounce.ts'
import { unknownThing } from './unknown-thing.ts'

const gone = 'gone@customer.example'

/** A status part with one answer to RCPT TO, and no enhanced code but the one in the answer. */
function judged(answer: string) {
  const email = anEmail({
    from: [anAddress('MAILER-DAEMON@mx.relay.example')],
    subject: 'Undelivered Mail Returned to Sender',
    headers: { 'content-type': 'multipart/report; report-type=delivery-status' },
    text: `<${gone}>: host mx.customer.example[192.0.2.20] said: ${answer} (in reply to RCPT TO command)`,
    reportParts: [
      {
        path: '2',
        contentType: 'message/delivery-status',
        text: `Reporting-MTA: dns; mx.relay.example\r\n\r\nFinal-Recipient: rfc822; ${gone}\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; ${answer}\r\n`,
      },
    ],
  })
  const found = readBounce(email)?.recipients[0]
  return { reason: found?.reason, dead: found?.dead }
}

/** Reason → answers. */
const answers: Readonly<Record<string, { readonly dead: boolean; readonly said: readonly string[] }>> = {
  'user-unknown': {
    dead: true,
    said: [
      '550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking',
      '550 5.1.1 unknown or illegal alias: gone',
      '550 sorry, no mailbox here by that name (#5.7.17)',
      '550 No Such User Here',
      '550 No such recipient here',
      '550 Requested action not taken: mailbox unavailable',
      "553 sorry, this recipient isn't in my validrcptto list (#5.7.1)",
      '550 #5.1.0 Address rejected.',
      `550 <${gone}>: Recipient address rejected: User unknown in relay recipient table`,
      `550 User ${gone} does not exist on this server`,
      `550 Mailbox <${gone}> does not exist`,
      '550 The mailbox was not found',
      '550 Recipient not found',
      "550 The recipient's mailbox could not be found in the directory",
      '550 Unknown destination address',
      '550 Destination address is not known',
      '550 Address is not valid here',
      '550 user "gone" is not a known user',
      '550 Not a valid mailbox',
      '550 This address no longer accepts mail.',
      '550 nonexistent user',
      '550 non-existent mailbox gone',
      '550 Account not found',
      '550 unrecognized recipient',
      '550 There is no one at this address',
      '554 delivery error: dd This user does not have a mailbox account',
      '550 RESOLVER.ADR.RecipNotFound; not found',
      '550 Adresse d au moins un destinataire invalide. Invalid recipient.',
      '550 Utilisateur inconnu !',
      '550 Boîte inexistante',
      '550 Benutzer unbekannt',
      '550 Diese Adresse existiert nicht',
      '550 Kein Postfach mit diesem Namen',
      '550 usuario desconocido',
      '550 No existe el usuario',
      '550 utente sconosciuto',
      '550 Nessun utente simile in questo sistema',
      '550 Usuário desconhecido',
      '550 O endereço não foi encontrado',
      '550 нет такого пользователя',
      '550 Адресат не существует',
      '550 ユーザーが見つかりません',
      '550 宛先不明',
      '550 收件人不存在',
      '550 帐号不存在',
      '550 사용자를 찾을 수 없습니다',
    ],
  },
  'host-unknown': {
    dead: true,
    said: [
      '550 Host unknown',
      'Host or domain name not found. Name service error for name=customer.example type=A: Host not found',
      '550 Unrouteable address',
      '553 5.1.2 customer.example: no such domain',
      '550 unknown destination domain',
      '550 non-existent domain',
      '550 The domain customer.example does not exist',
      '550 DNS domain customer.example was not found',
      'DNS Error: responded with code NXDOMAIN',
      '550 Domain existiert nicht',
      '550 El dominio no existe en DNS: dominio inexistente',
      '550 домен не найден',
      '550 ドメインが見つかりません',
      '550 域名不存在',
    ],
  },
  'no-mail-host': {
    dead: true,
    said: [
      '556 5.1.10 Recipient address has null MX',
      '521 customer.example does not accept mail',
      '550 Domain customer.example has no MX record, no mail server',
      'No MX found for domain',
      'an MX or SRV record indicated no SMTP service',
    ],
  },
  moved: {
    dead: true,
    said: [
      '551 5.1.6 User has moved to gone@elsewhere.example',
      '550 She has left the company',
      '550 this address has changed: address has changed',
    ],
  },
  'mailbox-full': {
    dead: false,
    said: [
      '552 5.2.2 Mailbox full',
      '452 4.2.2 Over quota',
      '552 Requested mail action aborted: exceeded storage allocation',
      '550 Mailbox quota exceeded',
      "450 The recipient's inbox is full",
      '552 RCPT TO:<gone@customer.example> Mailbox disk quota exceeded',
      '550 user is over the quota. You can try again later.',
      '550 Postfach voll',
      '550 Boîte aux lettres pleine',
      '550 buzón lleno',
      '550 casella piena',
      '550 caixa postal cheia',
      '550 почтовый ящик переполнен',
      '550 メールボックスがいっぱいです',
      '550 收件人邮箱已满',
    ],
  },
  suspended: {
    dead: false,
    said: [
      '550 5.2.1 The email account that you tried to reach is disabled.',
      '550 Account is suspended',
      '550 user is inactive: inactive user',
      '550 mailbox temporarily locked',
      '550 Dieses Konto ist gesperrt',
      '550 Cuenta suspendida',
      '550 帐号已停用',
    ],
  },
  'sender-rejected': {
    dead: false,
    said: [
      '550 5.1.8 Sender address rejected: Domain not found',
      '553 Domain of sender address support@desk.example does not exist',
      '550 unknown sender domain',
      '550 Sender verify failed',
      '550 Invalid sender',
    ],
  },
  authentication: {
    dead: false,
    said: [
      '550 5.7.26 Unauthenticated email from desk.example is not accepted due to domain DMARC policy',
      '550 SPF check failed: SPF fail',
      '550 5.7.23 The message was rejected because of Sender Policy Framework violation: SPF validation',
      '550 DKIM signature not verified',
    ],
  },
  'reverse-dns': {
    dead: false,
    said: [
      '550 5.7.25 The IP address sending this message does not have a PTR record setup',
      '450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]',
      '554 IP address has no rDNS entry',
      '554-mx.customer.example Service not available 554-No SMTP service 554-Bad DNS PTR resource record.',
    ],
  },
  blocked: {
    dead: false,
    said: [
      '554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.example',
      '550 IP address is on our blocklist',
      '554 Your access to this mail system has been rejected due to poor reputation of a domain used in message transfer',
      '550 Access denied',
    ],
  },
  spam: {
    dead: false,
    said: [
      '550 5.7.1 This message was identified as spam',
      '554 Message rejected as junk mail',
      '550 High probability of spam',
      '554 5.7.1 UBE, id=1-2',
    ],
  },
  virus: { dead: false, said: ['554 5.7.0 VIRUS found', '550 the message is infected with a worm'] },
  policy: {
    dead: false,
    said: [
      '550 5.7.1 Relaying denied',
      '554 5.7.1 relay access denied',
      '550 5.7.1 You are not authorized to send to this list',
      '550 5.7.1 policy violation',
      '530 5.7.0 Must issue a STARTTLS command first',
    ],
  },
  rate: {
    dead: false,
    said: [
      '421 4.7.28 Our system has detected an unusual rate: at a rate that exceeds',
      '450 4.2.0 Recipient address rejected: Greylisted, see postgrey',
      '421 Too many concurrent connections',
      '452 4.5.3 Too many recipients',
      '450 4.7.1 please slow down',
    ],
  },
  'too-big': {
    dead: false,
    said: [
      '552 5.3.4 Message size exceeds fixed maximum message size',
      '552 5.2.3 Message length exceeds administrative limit',
      '550 Message too large',
      '550 Nachricht ist zu groß',
      '550 Mensaje demasiado grande',
    ],
  },
  'mail-loop': {
    dead: false,
    said: ['554 5.4.6 Too many hops', '550 mail loop detected', '554 hop count exceeded'],
  },
  content: {
    dead: false,
    said: ['550 5.6.0 Message format is malformed', '554 5.6.1 8-bit data in the header'],
  },
  network: {
    dead: false,
    said: [
      'connect to mx.customer.example[192.0.2.20]:25: Connection timed out',
      'lost connection with mx.customer.example while receiving the initial server greeting',
      'No route to host',
      'delivery temporarily suspended: connect to mx.customer.example[192.0.2.20]:25: Connection refused',
    ],
  },
  system: {
    dead: false,
    said: [
      '451 4.3.0 Internal server error',
      '451 4.3.5 Server configuration error',
      'queue file write error',
    ],
  },
}

describe.each(Object.entries(answers))('%s', (reason, { dead, said }) => {
  test.each(said)('%s', (answer) => {
    expect(judged(answer)).toEqual({ reason, dead })
  })
})

test.each([
  ['550 sender user unknown', undefined],
  ['450 client host not found', undefined],
  ['the helo domain does not exist', undefined],
  ['spam is not a known problem', undefined],
  ['unknown error', undefined],
  ['this message was not found to be spam by the user', undefined],
  ['no such file in the mailbox of the host', undefined],
  ['550 no such mailbox', 'user'],
  ["550 recipient '@' couldn't be located", 'user'],
  ['550 that domain is not known here', 'host'],
])('what is not there in %j: %s', (said, thing) => {
  expect(unknownThing(said)).toBe(thing)
})
