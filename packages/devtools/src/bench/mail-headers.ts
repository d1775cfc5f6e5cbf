// Header sections as mail has them after three servers: most of a short mail is header.
import type { Seeded } from './seeded.ts'

/** What one mail of the mix is about, for its header and its body. */
export interface Letter {
  readonly messageId: string
  readonly answers: string | undefined
  readonly sentAt: Date
  readonly from: { readonly name: string; readonly address: string }
  readonly subject: string
}

const firstNames = [
  'Ada',
  'Björn',
  'Carla',
  'Dmitri',
  'Eva',
  'François',
  'Grace',
  'Hans',
  'Inês',
  'Jürgen',
  'Keiko',
]
const lastNames = ['Lovelace', 'Hansen', 'Müller', 'Okafor', 'Petrov', 'Quist', 'Rossi', 'Sørensen', 'Tanaka']
const subjects = [
  'Order 4711 has not arrived',
  'Rechnung für Oktober fehlt',
  'Cannot log in since this morning',
  'Question about the spare part',
  'Réclamation concernant la livraison',
  'Please change our address',
]
/** 2026-09-01T00:00:00Z; every mail is some minutes younger than that. */
const firstSentAt = Date.UTC(2026, 8, 1)
const minute = 60_000

export function newLetter(chance: Seeded, answers: string | undefined): Letter {
  const [first, last] = [chance.pick(firstNames), chance.pick(lastNames)]
  const host = `customer${chance.whole(1, 5_000)}.example`
  const subject = chance.pick(subjects)
  return {
    messageId: `${chance.hex(24)}@${host}`,
    answers,
    sentAt: new Date(firstSentAt + chance.whole(0, 80 * 24 * 60) * minute),
    from: { name: `${first} ${last}`, address: `person${chance.whole(1, 100_000)}@${host}` },
    subject: answers ? `Re: ${subject}` : subject,
  }
}

/** The header section without its last line end; `fields` are those that belong to the body. */
export function headerBlock(chance: Seeded, letter: Letter, fields: readonly string[]): string {
  const host = letter.from.address.slice(letter.from.address.indexOf('@') + 1)
  const date = letter.sentAt.toUTCString().replace('GMT', '+0000')
  const has = (name: string) => fields.some((field) => field.startsWith(`${name}:`))
  return [
    `Return-Path: <${letter.from.address}>`,
    'Delivered-To: support@desk.example',
    ...Array.from({ length: chance.whole(2, 5) }, () => received(chance, host, date)),
    `Authentication-Results: mx.desk.example;\r\n\tdkim=pass header.d=${host} header.s=s1;\r\n\tspf=pass smtp.mailfrom=${letter.from.address};\r\n\tdmarc=pass (p=NONE) header.from=${host}`,
    dkim(chance, host, letter.sentAt),
    `From: ${encodedWord(letter.from.name)} <${letter.from.address}>`,
    'To: Support <support@desk.example>',
    `Subject: ${encodedWord(letter.subject)}`,
    `Date: ${date}`,
    `Message-ID: <${letter.messageId}>`,
    ...(letter.answers ? [`In-Reply-To: <${letter.answers}>`, `References: <${letter.answers}>`] : []),
    `X-Mailer: Example Mail ${chance.whole(10, 20)}.${chance.whole(0, 9)}`,
    ...(has('MIME-Version') ? [] : ['MIME-Version: 1.0']),
    ...fields,
  ].join('\r\n')
}

function received(chance: Seeded, host: string, date: string): string {
  const address = `192.0.2.${chance.whole(1, 254)}`
  return `Received: from relay${chance.whole(1, 9)}.${host} (relay.${host} [${address}])\r\n\tby mx${chance.whole(1, 4)}.desk.example (Postfix) with ESMTPS id ${chance.hex(11).toUpperCase()}\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\tfor <support@desk.example>; ${date}`
}

function dkim(chance: Seeded, host: string, sentAt: Date): string {
  const text = (length: number) => Buffer.from(chance.hex(length * 2), 'hex').toString('base64')
  const signature = (text(256).match(/.{1,70}/g) ?? []).join('\r\n\t ')
  return `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${host}; s=s1;\r\n\tt=${sentAt.getTime() / 1000}; bh=${text(32)};\r\n\th=From:To:Subject:Date:Message-ID:MIME-Version:Content-Type;\r\n\tb=${signature}`
}

/** RFC 2047, where it is needed. */
function encodedWord(text: string): string {
  return Buffer.byteLength(text) === text.length
    ? text
    : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
}
