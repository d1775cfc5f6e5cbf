import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { decodeText, metaCharset } from './charset.ts'
import { charsetOf } from './charset-labels.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const codes = (decoded: ReturnType<typeof decodeText>) => decoded.warning?.code ?? 'none'

/** Texts as people write them, and what they were written in before UTF-8. */
const written: readonly (readonly [string, readonly string[]])[] = [
  ['Bitte prüfen Sie die Größe, viele Grüße aus Köln', ['windows-1252']],
  ['Où est passée ma commande ? J’attends déjà depuis Noël', ['windows-1252']],
  ['Proszę o przesłanie faktury, dziękuję i życzę miłego dnia', ['iso-8859-2', 'windows-1250']],
  ['Prosím o zaslání faktury, děkuji a přeji pěkný večer', ['iso-8859-2', 'windows-1250']],
  ['Siparişim hâlâ gelmedi, lütfen yardım edin, iyi günler ağabey', ['windows-1254']],
  ['Прошу выслать счёт на оплату, заранее большое спасибо', ['koi8-r', 'windows-1251', 'iso-8859-5']],
  ['Παρακαλώ στείλτε μου το τιμολόγιο, ευχαριστώ πολύ', ['windows-1253', 'iso-8859-7']],
  ['אנא שלחו לי את החשבונית בהקדם, תודה רבה לכם', ['windows-1255']],
  ['أرجو إرسال الفاتورة لي في أقرب وقت وشكرا جزيلا لكم', ['windows-1256']],
  ['กรุณาส่งใบแจ้งหนี้ให้ผมด้วยครับ ขอบคุณมาก', ['windows-874']],
  ['请把发票寄给我们公司，谢谢您的帮助。', ['gbk']],
  ['請把發票寄給我們公司，謝謝您的幫助。', ['big5']],
  ['請求書を送ってください。よろしくお願いいたします。', ['shift_jis', 'euc-jp']],
  ['청구서를 보내 주시기 바랍니다. 감사합니다.', ['euc-kr']],
]
const cases = written.flatMap(([text, charsets]) => charsets.map((charset) => [charset, text] as const))

describe('decodeText', () => {
  it.each(cases)('reads declared %s: %s', (charset, text) => {
    const decoded = decodeText(iconv.encode(text, charset), charset)
    expect([decoded.text, codes(decoded)]).toEqual([text, 'none'])
  })

  it.each(cases)('recognises undeclared %s: %s', (charset, text) => {
    const decoded = decodeText(iconv.encode(text, charset), null)
    expect([decoded.text, codes(decoded)]).toEqual([text, 'charset-guessed'])
  })

  it.each(cases)('recognises %s behind labels that say nothing or something wrong: %s', (charset, text) => {
    for (const label of ['x-unknown', 'us-ascii', 'utf-8', 'unknown-8bit', '']) {
      expect([label, decodeText(iconv.encode(text, charset), label).text]).toEqual([label, text])
    }
  })

  it.each(cases)('sees UTF-8 that is labelled %s: %s', (charset, text) => {
    const decoded = decodeText(Buffer.from(text), charset)
    expect([decoded.text, codes(decoded)]).toEqual([text, 'charset-guessed'])
  })

  it.each([
    ['GB2312', iconv.encode('朱镕基', 'gbk'), '朱镕基'],
    ['ks_c_5601-1987', iconv.encode('똠방각하', 'cp949'), '똠방각하'],
    ['Shift_JIS', iconv.encode('①髙橋㈱', 'cp932'), '①髙橋㈱'],
    ['iso-8859-1', latin1('\x93quoted\x94 \x80'), '“quoted” €'],
    ['iso-8859-9', latin1('\x80 \xfe\xfd'), '€ şı'],
    ['tis-620', latin1('\xa1\xd2\x85'), 'กา…'],
    ['unicode-1-1-utf-7', latin1('Fr+APY-sche +- 2'), 'Frösche + 2'],
    ['utf-7-imap', latin1('Entw&APw-rfe &- x'), 'Entwürfe & x'],
    ['utf-16', Buffer.from('\ufeffäb', 'utf16le'), 'äb'],
    ['utf-16le', Buffer.from('äb', 'utf16le'), 'äb'],
    ['utf-32', iconv.encode('ä😀', 'utf32le', { addBOM: true }), 'ä😀'],
    ['x-mac-roman', latin1('\x8a'), 'ä'],
    ['cp-850', latin1('\x84\x94\x81'), 'äöü'],
    ['utf8mb4', Buffer.from('😀'), '😀'],
    ['koi8-ru', latin1('\xa4'), 'є'],
    ['ansi', latin1('\xe4'), 'ä'],
    ['_iso-2022-jp$ESC', latin1('\x1b$B%F%9%H\x1b(B'), 'テスト'],
    ['ISO-2022-JP', latin1('a \x1b$B$"\x1b(I12\x1b(B b'), 'a あｱｲ b'],
    ['cp50221', latin1('\x1b$B-!\x1b(B \x0e12\x0f'), '① ｱｲ'],
    ['iso-2022-jp-1', latin1('\x1b$(D0A\x1b(B'), '亯'],
    ['iso-2022-jp-2', latin1('\x1b$A0"\x1b$(C0!\x1b.A\x1bNd'), '阿가ä'],
    ['iso-2022-kr', latin1('\x1b$)C\x0e0!\x0f x\n\x0e0!\x0f'), '가 x\n가'],
    ['iso-2022-cn', latin1('\x1b$)A\x0eVPND\x0f!'), '中文!'],
    ['hz-gb-2312', latin1('a~~ ~{VPND~} b~\nc'), 'a~ 中文 bc'],
    ['big5-hkscs', iconv.encode('㗎喎', 'big5hkscs'), '㗎喎'],
  ])('understands the label %s', (label, bytes, text) => {
    const decoded = decodeText(bytes, label)
    expect([decoded.text, codes(decoded)]).toEqual([text, 'none'])
  })

  it('reads escape sequences that nobody declared', () => {
    for (const label of [null, 'us-ascii', 'utf-8']) {
      const decoded = decodeText(latin1('\x1b$B%F%9%H\x1b(B'), label)
      expect([decoded.text, codes(decoded)]).toEqual(['テスト', 'charset-guessed'])
    }
  })

  it('sees undeclared UTF-16, with a byte order mark and without', () => {
    expect(decodeText(Buffer.from('\ufeffHello', 'utf16le'), 'us-ascii').text).toBe('Hello')
    expect(decodeText(Buffer.from('Hello there, all', 'utf16le'), null).text).toBe('Hello there, all')
  })

  it('takes the twin of Windows for bytes that an ISO part has no characters for', () => {
    const decoded = decodeText(latin1('k\xf2\xf2 \x9altl'), 'iso-8859-2')
    expect([decoded.text, decoded.charset]).toEqual(['kňň šltl', 'windows-1250'])
  })

  it('leaves the byte order mark of UTF-8 out', () => {
    expect(decodeText(Buffer.from('\ufeffä'), 'iso-8859-1').text).toBe('ä')
  })

  it('says what was lost', () => {
    const decoded = decodeText(Buffer.concat([Buffer.from('Grüße, schöne Ähre'), latin1('\xc3')]), 'utf-8')
    expect([decoded.text, codes(decoded)]).toEqual(['Grüße, schöne Ähre\ufffd', 'charset-damaged'])
  })

  it('says nothing of U+FFFD that was sent', () => {
    expect(codes(decodeText(Buffer.from('a\ufffd'), 'utf-8'))).toBe('none')
  })

  it('reads Windows-1252 bytes among UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('Grüße, schöne Ähre und Fl'), latin1('\xfcsse')])
    const decoded = decodeText(bytes, 'utf-8')
    expect([decoded.text, codes(decoded)]).toEqual(['Grüße, schöne Ähre und Flüsse', 'charset-guessed'])
  })

  it('finds the language between tags', () => {
    const html = '<div class="quote">Прошу выслать счёт на оплату</div> Regards, John Smith'
    expect(decodeText(iconv.encode(html, 'koi8-r'), null).text).toBe(html)
  })

  it('takes umlauts alone for German', () => {
    expect(decodeText(latin1('\xe4\xf6\xfc\xdf \xc4\xd6\xdc'), null).text).toBe('äöüß ÄÖÜ')
  })

  it('takes an alternative label before it guesses', () => {
    const bytes = iconv.encode('Да', 'koi8-r')
    expect(decodeText(bytes, null).charset).toBe('windows-1252')
    expect(decodeText(bytes, null, ['koi8-r']).text).toBe('Да')
  })

  it('believes the label of a Korean word that happens to be valid UTF-8', () => {
    const bytes = latin1('\xc3\xa5')
    expect(decodeText(bytes, 'euc-kr').text).toBe(iconv.decode(bytes, 'cp949'))
  })

  it('never throws, whatever the bytes and the label', () => {
    const label = fc.oneof(
      fc.constantFrom(
        'utf-7',
        'utf-16',
        'utf-32',
        'iso-2022-jp',
        'iso-2022-kr',
        'hz',
        'gbk',
        'big5',
        'utf-8',
        'base64',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.option(label), (bytes, declared) => {
        expect(typeof decodeText(bytes, declared).text).toBe('string')
      }),
      { numRuns: 500 },
    )
  })
})

describe('charsetOf', () => {
  it.each(
    [
      ...['windows-1250', 'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254', 'windows-1255'],
      ...[
        'windows-1256',
        'windows-1257',
        'windows-1258',
        'windows-874',
        'iso-8859-2',
        'iso-8859-3',
        'iso-8859-4',
      ],
      ...[
        'iso-8859-5',
        'iso-8859-6',
        'iso-8859-7',
        'iso-8859-8',
        'iso-8859-10',
        'iso-8859-13',
        'iso-8859-14',
      ],
      ...['iso-8859-15', 'iso-8859-16', 'koi8-r', 'koi8-u', 'macintosh', 'cp437', 'cp850', 'cp852', 'cp866'],
    ].map((name) => [name]),
  )('reads every character of %s', (name) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const known = [...iconv.decode(bytes, name)].filter((character) => character !== '\ufffd')
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known)), (characters) => {
        const text = characters.join('')
        expect(charsetOf(name)?.decode(iconv.encode(text, name))).toBe(text)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['gb18030', 'gb18030'],
    ['big5', 'big5hkscs'],
    ['shift_jis', 'cp932'],
    ['euc-jp', 'eucjp'],
    ['euc-kr', 'cp949'],
    ['utf-7', 'utf7'],
    ['utf-8', 'utf8'],
    ['utf-16le', 'utf16le'],
  ])('reads what can be written in %s', (name, codec) => {
    const character = fc.integer({ min: 0x20, max: 0xffdc }).map((unit) => String.fromCharCode(unit))
    const writable = character.filter(
      (one) =>
        one.isWellFormed() && iconv.decode(iconv.encode(one, codec), codec, { stripBOM: false }) === one,
    )
    fc.assert(
      fc.property(fc.array(writable), (characters) => {
        const text = characters.join('')
        const decoded = charsetOf(name)?.decode(iconv.encode(text, codec, { addBOM: false }))
        expect(decoded).toBe(text)
      }),
      { numRuns: 50 },
    )
  })

  it('knows nothing of labels that are none', () => {
    expect(
      ['x-unknown', '', 'base64', 'constructor', '__proto__', 'hex'].map((label) => charsetOf(label)),
    ).toEqual(Array.from({ length: 6 }, () => undefined))
  })
})

describe('metaCharset', () => {
  it.each([
    ['<meta charset="windows-1251">', 'windows-1251'],
    ["<META http-equiv=Content-Type content='text/html; charset=GB2312'>", 'GB2312'],
    ['<p>charset=x</p>', null],
    ['', null],
  ])('reads %j', (html, charset) => {
    expect(metaCharset(latin1(html))).toBe(charset)
  })
})
