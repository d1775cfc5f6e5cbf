import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundaryLine } from './boundary-lines.ts'
import { readReply, type TextToRead } from './read-reply.ts'
import { quotedTextOf, replyTextOf, signatureTextOf, textOfKind } from './reply-reading.ts'

const read = (text: string, more: Partial<TextToRead> = {}) => {
  const { ranges, reasons } = readReply({
    text,
    isReply: true,
    isForward: false,
    marked: [],
    isRendered: false,
    ...more,
  })
  return {
    reply: replyTextOf(text, ranges),
    quote: quotedTextOf(text, ranges),
    signature: signatureTextOf(text, ranges),
    rules: reasons.map(({ rule }) => rule),
    ranges,
  }
}

describe('an attribution line', () => {
  /** As mail programs of each language write it above a quote. */
  const lines: Record<string, string> = {
    English: 'On Tue, 3 Mar 2026 at 10:00, Ada Lovelace <ada@example.org> wrote:',
    'English of Outlook.com': 'On Mar 3, 2026, at 10:00 AM, Ada Lovelace <ada@example.org> sent:',
    German: 'Am Di., 3. März 2026 um 10:00 Uhr schrieb Ada Lovelace <ada@example.org>:',
    'German of Thunderbird': 'Am 03.03.26 um 10:00 schrieb Ada Lovelace:',
    French: 'Le mar. 3 mars 2026 à 10:00, Ada Lovelace <ada@example.org> a écrit :',
    Spanish: 'El mar, 3 mar 2026 a las 10:00, Ada Lovelace (<ada@example.org>) escribió:',
    Italian: 'Il giorno mar 3 mar 2026 alle ore 10:00 Ada Lovelace <ada@example.org> ha scritto:',
    Portuguese: 'Em ter., 3 de mar. de 2026 às 10:00, Ada Lovelace <ada@example.org> escreveu:',
    Dutch: 'Op di 3 mrt 2026 om 10:00 schreef Ada Lovelace <ada@example.org>:',
    'Dutch of Apple':
      'Op 3 mrt. 2026, om 10:00 heeft Ada Lovelace <ada@example.org> het volgende geschreven:',
    Swedish: 'Den tis 3 mars 2026 kl 10:00 skrev Ada Lovelace <ada@example.org>:',
    Danish: 'Den tir. 3. mar. 2026 kl. 10.00 skrev Ada Lovelace <ada@example.org>:',
    Norwegian: 'tir. 3. mars 2026 kl. 10:00 skrev Ada Lovelace <ada@example.org>:',
    Icelandic: 'Þann þri., 3. mar. 2026 kl. 10:00 skrifaði Ada Lovelace <ada@example.org>:',
    Finnish: 'ti 3. maalisk. 2026 klo 10.00 Ada Lovelace (ada@example.org) kirjoitti:',
    Estonian: 'Kuupäev T, 3. märts 2026 kell 10:00 kirjutas Ada Lovelace <ada@example.org>:',
    Latvian: 'Otrd., 2026. g. 3. marts, plkst. 10:00 — lietotājs Ada Lovelace (<ada@example.org>) rakstīja:',
    Lithuanian: '2026-03-03, an, 10:00 Ada Lovelace <ada@example.org> rašė:',
    Polish: 'wt., 3 mar 2026 o 10:00 Ada Lovelace <ada@example.org> napisał(a):',
    Czech: 'út 3. 3. 2026 v 10:00 odesílatel Ada Lovelace <ada@example.org> napsal:',
    Slovak: 'ut 3. 3. 2026 o 10:00 Ada Lovelace <ada@example.org> napísal(a):',
    Hungarian: 'Ada Lovelace <ada@example.org> ezt írta (időpont: 2026. márc. 3., K, 10:00):',
    Romanian: 'În mar., 3 mar. 2026 la 10:00, Ada Lovelace <ada@example.org> a scris:',
    Bulgarian: 'На вт, 3.03.2026 г. в 10:00 Ada Lovelace <ada@example.org> написа:',
    Croatian: 'uto, 3. ožu 2026. u 10:00 Ada Lovelace <ada@example.org> napisao je:',
    Slovenian: 'V V tor., 3. mar. 2026 ob 10:00 je oseba Ada Lovelace <ada@example.org> napisala:',
    Ukrainian: 'вт, 3 бер. 2026 р. о 10:00 Ada Lovelace <ada@example.org> пише:',
    Russian: 'вт, 3 мар. 2026 г. в 10:00, Ada Lovelace <ada@example.org>:',
    'Russian of Thunderbird': '03.03.2026 10:00, Ada Lovelace пишет:',
    Greek: 'Στις Τρί 3 Μαρ 2026 στις 10:00 π.μ., ο/η Ada Lovelace <ada@example.org> έγραψε:',
    Turkish: 'Ada Lovelace <ada@example.org>, 3 Mar 2026 Sal, 10:00 tarihinde şunu yazdı:',
    Arabic: 'في الثلاثاء، 3 مارس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Ada Lovelace <ada@example.org>:',
    Hebrew: 'בתאריך יום ג׳, 3 במרץ 2026 ב-10:00 מאת Ada Lovelace <ada@example.org>:',
    Chinese: 'Ada Lovelace <ada@example.org> 于2026年3月3日周二 10:00写道：',
    'Chinese of Taiwan': 'Ada Lovelace <ada@example.org> 於 2026年3月3日 週二 上午10:00寫道：',
    Japanese: '2026年3月3日(火) 10:00 Ada Lovelace <ada@example.org>:',
    Korean: '2026년 3월 3일 (화) 오전 10:00, Ada Lovelace <ada@example.org>님이 작성:',
    Vietnamese: 'Vào Th 3, 3 thg 3, 2026 vào lúc 10:00 Ada Lovelace <ada@example.org> đã viết:',
    Thai: 'ในวันที่ อ. 3 มี.ค. 2026 เวลา 10:00 Ada Lovelace <ada@example.org> เขียนว่า:',
    Indonesian: 'Pada tanggal Sel, 3 Mar 2026 pukul 10.00 Ada Lovelace <ada@example.org> menulis:',
    Catalan: 'El dt., 3 de març 2026, 10:00, Ada Lovelace <ada@example.org> va escriure:',
  }

  test.each(Object.entries(lines))('in %s above quoted lines is cut with them', (_language, line) => {
    const { reply, quote } = read(`It works now.\n\n${line}\n\n> Does it work?\n> Ada\n`)
    expect([reply, quote]).toEqual(['It works now.', `${line}\n\n> Does it work?\n> Ada\n`])
  })

  test.each(Object.entries(lines))('in %s is cut with what follows it unquoted', (_language, line) => {
    expect(read(`It works now.\n\n${line}\n\nDoes it work?\n`).reply).toBe('It works now.')
  })

  test.each([
    ['before the verb', 'On Tue, 3 Mar 2026 at 10:00, Ada Lovelace <ada@example.org>\nwrote:'],
    ['inside the address', 'On Tue, 3 Mar 2026 at 10:00, Ada Lovelace <\nada@example.org> wrote:'],
    ['several times', 'On Tuesday, the 3rd of March\n2026 at 10:00, Ada\nLovelace <ada@example.org>\nwrote:'],
    [
      'round an address in lines of its own',
      'On Tue, 3 Mar 2026 at 10:00 Ada\n\n<\nmailto:Ada <ada@example.org>\n> wrote:',
    ],
  ])('may be wrapped %s', (_where, line) => {
    expect(read(`It works now.\n\n${line}\n\n> Does it work?\n`).reply).toBe('It works now.')
  })

  test.each([
    'On Monday John wrote: nothing at all.',
    'On reflection I wrote:\nnothing',
    'She wrote:\nDear Ada',
    'Please be there at 10:00:\nroom 5',
    'See what bob@example.org said:\n- yes\n- no',
  ])('is none in a sentence: %s', (sentence) => {
    expect(read(`Hello,\n\n${sentence}\n\nAda`).quote).toBeNull()
  })

  test('that names an address of ours with a token needs no word and no date', () => {
    const address = 'support+t1.42.pabcdefgh.aaaaaaaaaaaaaaaaaaaa@desk.example'
    expect(read(`Yes.\n\nThe Desk <${address}> xyz:\n\nIs it?\n`).reply).toBe('Yes.')
  })

  test('of Gmail without a verb counts above a quote', () => {
    expect(read('Yes.\n\n2026/3/3 Ada Lovelace <ada@example.org>\n\n> Is it?\n').reply).toBe('Yes.')
    expect(read('Yes.\n\n2026-03-03 10:00 GMT+01:00 Ada Lovelace\n\nIs it?\n').reply).toBe('Yes.')
  })
})

describe('what stands between an answer and the mail it answers', () => {
  test.each([
    ['our own line', boundaryLine],
    ['the line in German', '## Bitte antworten Sie oberhalb dieser Linie ##'],
    ['the line in French', '-- Veuillez répondre au-dessus de cette ligne --'],
    ['the line in Japanese', '## この行より上に返信を入力してください ##'],
    ['Outlook', '-----Original Message-----'],
    ['Outlook in German', '-----Ursprüngliche Nachricht-----'],
    ['Outlook in Spanish', '-----Mensaje original-----'],
    ['Outlook in Russian', '-----Исходное сообщение-----'],
    ['Outlook in Chinese', '-----原始邮件-----'],
    ['an Android program', '---- Ada Lovelace wrote ----'],
  ])('of %s is found', (_program, line) => {
    expect(read(`It works.\n\n${line}\nDoes it work?\n`).reply).toBe('It works.')
  })

  test('is a header block, with the line drawn above it', () => {
    const block = 'From: Ada Lovelace\nSent: Tuesday, 3 March 2026 10:00\nTo: Support\nSubject: Engine'
    for (const drawn of ['', '________________________________\n', '------------------------------\n\n']) {
      const { reply, quote } = read(`It works.\n\n${drawn}${block}\n\nDoes it?\n`)
      expect([reply, quote?.startsWith(drawn || 'From:')]).toEqual(['It works.', true])
    }
  })
})

describe('answers between what is quoted', () => {
  const inline =
    'Hello Ada,\n\nOn Tue, 3 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n> Is it red?\n\nNo, blue.\n\n> Is it new?\n\nYes.\n\n> Bye\n> Ada\n'

  test('stay with the questions they answer; only what is below the last is cut', () => {
    const { reply, quote } = read(inline)
    for (const kept of ['Hello Ada', '> Is it red?', 'No, blue.', '> Is it new?', 'Yes.'])
      expect(reply).toContain(kept)
    expect(reply).not.toContain('Bye')
    expect(quote).toContain('> Bye')
  })

  test('below one quote are what was written; the quote is cut', () => {
    const text = 'On Tue, 3 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n> Is it red?\n\nNo, blue.\n'
    expect(read(text).reply).toBe('No, blue.')
  })

  test('the rest of a wrapped quote is no answer', () => {
    const text =
      'Yes.\n\nOn Tue, 3 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n> the quick brown fox jumps over the lazy dog and then it goes back\nhome\n> again\n'
    expect(read(text).reply).toBe('Yes.')
  })
})

describe('a signature', () => {
  test.each([
    [
      'below the separator of RFC 3676',
      'Yes.\n\n-- \nAda Lovelace\nCountess\n',
      '-- \nAda Lovelace\nCountess',
    ],
    ['below dashes', 'Yes.\n---\nAda\n', '---\nAda'],
    ['of a telephone', 'Yes.\n\nSent from my iPhone\n', 'Sent from my iPhone'],
    ['of a telephone in German', 'Ja.\n\nVon meinem iPhone gesendet\n', 'Von meinem iPhone gesendet'],
    ['of a telephone in Japanese', 'はい。\n\niPhoneから送信\n', 'iPhoneから送信'],
    [
      'of a program',
      'Yes.\n\nGet Outlook for Android<https://example.com>\n',
      'Get Outlook for Android<https://example.com>',
    ],
    ['of a closing and a name', 'Yes.\n\nKind regards,\nAda\n', 'Kind regards,\nAda'],
    ['of a closing and a name in Polish', 'Tak.\n\nPozdrawiam,\nAda\n', 'Pozdrawiam,\nAda'],
    ['of a name after a dash', 'Yes.\n\n-Ada\n', '-Ada'],
  ])('%s is told apart', (_what, text, signature) => {
    const found = read(text)
    expect([found.signature, found.reply.length > 0]).toEqual([signature.trim(), true])
  })

  test('above and below a quote is found in both places', () => {
    const { signature, reply } = read(
      'Yes.\n\n-- \nAda\n\nOn Tue, 3 Mar 2026 at 10:00, Bob <bob@example.org> wrote:\n> Is it?\n\n-- \nAda Lovelace\n',
    )
    expect(reply).toBe('Yes.')
    expect(signature).toContain('Ada Lovelace')
  })

  test.each([
    'Things to do:\n\n- paint\n- sand\n',
    'Thanks,\n\nthat did it.\n',
    'Sent from my desk, which is blue.\n',
    'Kind regards,\n\nand one more thing: it is blue.\n',
    '--\nAda\n',
  ])('is none here: %j', (text) => {
    expect(read(text).signature).toBeNull()
  })
})

describe('caution', () => {
  test('a first mail stays whole, whatever it quotes by marks alone', () => {
    expect(read('Look:\n> a\n> b\n', { isReply: false }).quote).toBeNull()
  })

  test('only a whole header block shows that a mail which does not say so is an answer', () => {
    const block = 'From: Ada Lovelace <ada@example.org>\nSent: Tuesday, 3 March 2026 10:00\n'
    const whole = `It works.\n\n${block}To: Support\nSubject: Engine\n\nDoes it?\n`
    expect(read(whole, { isReply: false }).reply).toBe('It works.')
    expect(read(`It works.\n\n${block}\nDoes it?\n`, { isReply: false }).quote).toBeNull()
  })

  test('a forward stays whole', () => {
    const text = 'See below.\n\n-----Original Message-----\nFrom: a\n'
    expect(read(text, { isForward: true })).toMatchObject({ reply: text.trim(), quote: null })
  })

  test('where nothing would be left, nothing is cut', () => {
    const text = '> only\n> quoted\n'
    expect(read(text)).toMatchObject({ reply: text.trim(), quote: null })
  })

  test('what is only introduced loses the introduction, not the words', () => {
    const text = 'On Tue, 3 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n\nIt is blue.\n'
    expect(read(text).reply).toBe('It is blue.')
  })

  test('what HTML marks as quote is cut, and what was written below it stays', () => {
    const text = 'Yes.\nIs it?\nSigned\n'
    const marked = [{ kind: 'quote' as const, start: 5, end: 12 }]
    expect(read(text, { marked, isRendered: true })).toMatchObject({ quote: null })
    const atEnd = [{ kind: 'quote' as const, start: 5, end: text.length }]
    expect(read(text, { marked: atEnd, isRendered: true }).reply).toBe('Yes.')
  })
})

const piece = fc.constantFrom(
  'Hello there',
  '> quoted',
  '>> deeper',
  '',
  '-- ',
  '--',
  'On Tue, 3 Mar 2026 at 10:00, Ada <ada@example.org> wrote:',
  '-----Original Message-----',
  'From: Ada <ada@example.org>',
  'Sent: Tuesday, 3 March 2026',
  'Subject: engine',
  'Kind regards,',
  'Ada',
  'Sent from my iPhone',
  '| cell |',
  '________________',
  '\u200b',
  'a\r',
)

test('the ranges are a partition, whatever the lines, and nothing is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 30 })), { maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      (lines, isReply, isRendered) => {
        const text = lines.join('\n')
        const { ranges } = readReply({ text, isReply, isForward: false, marked: [], isRendered })
        let at = 0
        for (const { start, end } of ranges) {
          expect([start, end > start]).toEqual([at, true])
          at = end
        }
        expect(at).toBe(text.length)
        const total = (['reply', 'quote', 'signature'] as const).map((kind) => textOfKind(text, ranges, kind))
        expect(total.join('').replaceAll('\n', '').length).toBe(text.replaceAll('\n', '').length)
      },
    ),
    { numRuns: 500 },
  )
})

test('words without a mark of any kind stay whole', () => {
  const word = fc.stringMatching(/^[a-z]{1,10}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
      const text = words.join(' ').replaceAll(' e', '\ne')
      expect(read(text)).toMatchObject({ reply: text.trim(), quote: null })
    }),
    { numRuns: 200 },
  )
})

describe('the time it takes grows with the text, not faster', () => {
  test.each([
    ['quote marks', '>'],
    ['quoted lines', '> a\n'],
    ['openers', 'On '],
    ['lines that begin attributions', 'On Tue, 3 Mar 2026 at 10:00\n'],
    ['attributions', 'On 3 Mar 2026 at 10:00, Ada <a@b.example> wrote:\n'],
    ['labels', 'From: a\n'],
    ['dashes', '-'],
    ['lines of dashes', '--\n'],
    ['underscores', '____\n'],
    ['closings', 'Thanks,\nAda\n'],
    ['empty lines', '\n'],
    ['answers between quotes', '> a\nb\n'],
    ['one long line', 'wrote: '],
  ])('%s', (_what, unit) => {
    const timeOf = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length))
      return Math.min(
        ...[0, 1, 2].map(() => {
          // Of this thread alone: what else the machine does at the moment says nothing about the code.
          const start = process.threadCpuUsage()
          read(text)
          const { user, system } = process.threadCpuUsage(start)
          return (user + system) / 1000
        }),
      )
    }
    timeOf(60_000)
    // Four times the length: 4 where it is linear, 16 where it is quadratic; a few milliseconds are all noise.
    expect(timeOf(240_000)).toBeLessThan(12 * Math.max(timeOf(60_000), 10))
  })
})
