import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHeaderBlock } from './header-block.ts'
import { labelLanguages, labelsOf } from './header-labels.ts'

const read = (text: string, at = 0) => readHeaderBlock(text.split('\n'), at)
const valuesIn = (text: string) => {
  const block = read(text)
  return block && Object.fromEntries(block.fields.map(({ field, value }) => [field, value]))
}

const plain = {
  from: 'Ada Lovelace <ada@customer.example>',
  date: '1 May 2026 10:00',
  to: 'help@desk.example',
  subject: 'The engine',
}

test.each(labelLanguages)('a block in %s is read', (language) => {
  const label = (field: 'from' | 'date' | 'to' | 'subject') => labelsOf(language, field)[0]
  const text = [
    `${label('from')}: ${plain.from}`,
    `${label('date')}: ${plain.date}`,
    `${label('to')}: ${plain.to}`,
    `${label('subject')}: ${plain.subject}`,
    '',
    'It does not turn.',
  ].join('\n')
  expect(valuesIn(text)).toEqual(plain)
  expect(read(text)?.end).toBe(4)
})

test.each([
  ['bold labels', `*From:* ${plain.from}\n*Sent:* ${plain.date}\n*To:* ${plain.to}\n*Subject:* The engine\n`],
  [
    'doubly bold labels',
    `**From:** ${plain.from}\n**Sent**: ${plain.date}\n**To: **${plain.to}\n**Subject:** The engine`,
  ],
  [
    'quote marks',
    `> > From: ${plain.from}\n> > Sent: ${plain.date}\n> > To: ${plain.to}\n> > Subject: The engine\n> > \n> > Hi`,
  ],
  [
    'indentation and tabs',
    `\tFrom:\t${plain.from}\n\tSent:\t${plain.date}\n\tTo:\t${plain.to}\n\tSubject:\tThe engine\n`,
  ],
  [
    'a space before the colon',
    `De : ${plain.from}\nEnvoyé\u00a0: ${plain.date}\nÀ\u202f: ${plain.to}\nObjet : The engine\n`,
  ],
  [
    'full-width colons',
    `发件人：${plain.from}\n发送时间：${plain.date}\n收件人：${plain.to}\n主题：The engine\n`,
  ],
  [
    'values below their labels',
    `From:\n${plain.from}\nSent:\n${plain.date}\nTo:\n${plain.to}\nSubject:\nThe engine\n\nHi`,
  ],
  [
    'an empty line after each field',
    `From: ${plain.from}\n\nSent: ${plain.date}\n\nTo: ${plain.to}\n\nSubject: The engine\n\nHi`,
  ],
  [
    'a table',
    `| From: | ${plain.from} |\n| Sent: | ${plain.date} |\n| To: | ${plain.to} |\n| Subject: | The engine |\n`,
  ],
  [
    'a table without colons',
    `| From | ${plain.from} |\n| Sent | ${plain.date} |\n| To | ${plain.to} |\n| Subject | The engine |\n`,
  ],
  ['CRLF', `From: ${plain.from}\r\nSent: ${plain.date}\r\nTo: ${plain.to}\r\nSubject: The engine\r\n\r\nHi`],
  [
    'English labels after a localised one, as Gmail writes',
    `Von: ${plain.from}\nDate: ${plain.date}\nSubject: The engine\nTo: ${plain.to}\n`,
  ],
  [
    'marks of direction',
    `\u200fמאת: ${plain.from}\nנשלח: ${plain.date}\nאל: ${plain.to}\nנושא: The engine\u200e\n`,
  ],
])('%s are coped with', (_, text) => {
  expect(valuesIn(text)).toEqual(plain)
})

test('long lists of addresses are unfolded, with or without indentation', () => {
  const text = `From: Ada <
ada@customer.example>
To: One <one@desk.example>;
Two <two@desk.example>; Three <
three@desk.example>
Subject: The engine
Cc: Four <four@desk.example>,
  five@desk.example
Hello`
  expect(valuesIn(text)).toEqual({
    from: 'Ada < ada@customer.example>',
    to: 'One <one@desk.example>; Two <two@desk.example>; Three < three@desk.example>',
    subject: 'The engine',
    cc: 'Four <four@desk.example>, five@desk.example',
  })
  expect(read(text)?.end).toBe(8)
})

test('a subject folded at the end of the block is read whole, a text right below it is not a part of it', () => {
  const head = '*From:* ada@customer.example\n*Date:* 1 May 2026\n'
  const long = 'The engine stops whenever somebody opens the door of the'
  expect(valuesIn(`${head}*Subject:* ${long}\nengine room\n\nHello`)?.subject).toBe(`${long} engine room`)
  expect(valuesIn(`${head}*Subject:* The engine\nHello\n\nHello`)?.subject).toBe('The engine')
})

test('a subject folded within the block is read whole', () => {
  const text = 'From: ada@customer.example\nSubject: Two\nline subject\nTo: help@desk.example'
  expect(valuesIn(text)?.subject).toBe('Two line subject')
})

test('a quoted list whose folded line lost its quote mark is read whole', () => {
  const text =
    '> From: Ada <ada@customer.example>\n> To: Bob <bob@desk.example>, Eve <\neve@desk.example>\n> Subject: x'
  expect(valuesIn(text)?.to).toBe('Bob <bob@desk.example>, Eve < eve@desk.example>')
})

test('other fields of a header are passed over', () => {
  const text =
    'From: ada@customer.example\nSubject: x\nResent-Date: 1 May 2026\nX-Mailer: m\nTo: y\n\nX-Ray: no'
  expect(valuesIn(text)).toMatchObject({ subject: 'x', to: 'y' })
  expect(read(text)?.end).toBe(5)
})

test('empty fields keep their place', () => {
  const text = 'From: ada@customer.example\nTo: help@desk.example\nCc:\nSubject:\n\nHello: you'
  expect(valuesIn(text)).toEqual({
    from: 'ada@customer.example',
    to: 'help@desk.example',
    cc: '',
    subject: '',
  })
  expect(read(text)?.end).toBe(4)
})

describe('no block is', () => {
  test.each([
    ['prose with a colon', 'From: what I see\nit is broken.\n'],
    ['prose with two colons', 'From: what I see\nTo: what I feel\n'],
    ['a route', 'From: Berlin\nTo: Paris\n'],
    ['a block without From', 'To: help@desk.example\nSubject: The engine\nDate: 1 May 2026\n'],
    ['labels of two languages', 'Von: ada@customer.example\nOnderwerp: De engine\nÄmne: Motorn\n'],
    ['fields with too much between', 'From: ada@customer.example\n\n\nTo: help@desk.example\n'],
    ['fields quoted differently', 'From: ada@customer.example\n> To: help@desk.example\n> Subject: x\n'],
    ['an address alone', 'From: ada@customer.example\n\nHello'],
    ['a field of a raw header', 'X-Mailer: m\nFrom: ada@customer.example\nSubject: x\n'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(read(text)).toBeNull()
  })

  test('a line outside the text', () => {
    expect(read('From: a', -1)).toBeNull()
    expect(read('From: a', 7)).toBeNull()
  })
})

test('what follows a complete block after an empty line is text, even with a colon', () => {
  const text = `From: ${plain.from}\nSubject: x\nTo: y\n\nDate: tomorrow`
  expect(read(text)?.end).toBe(3)
})

const piece = fc.oneof(
  fc.constantFrom(
    'From:',
    'To:',
    'Von:',
    'Subject:',
    '*',
    '> ',
    '\n',
    ' ',
    'a@b.example',
    ',',
    '<',
    '|',
    '主题：',
  ),
  fc.string({ maxLength: 8 }),
)
const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

test('whatever the lines, a block lies within them and its fields stand once', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const lines = text.split('\n')
      lines.forEach((_, at) => {
        const block = readHeaderBlock(lines, at)
        if (!block) return
        expect(block.start).toBe(at)
        expect(block.end).toBeGreaterThan(at)
        expect(block.end).toBeLessThanOrEqual(lines.length)
        const fields = block.fields.map(({ field }) => field).filter((field) => field !== 'other')
        expect(new Set(fields).size).toBe(fields.length)
      })
    }),
    { numRuns: 1000 },
  )
})

// What is not linear does not end within the time a test may take.
test('hostile texts take no time', () => {
  const pieces = [
    'From: a@b\n',
    'To: ',
    'From:\n',
    '>',
    '*',
    'From: <\n',
    'To: a,\n',
    ' \n',
    'x\n',
    'From: a@b\nx\nx\n',
  ]
  for (const repeated of pieces) {
    const lines = repeated.repeat(8_000).split('\n')
    for (let at = 0; at < lines.length; at += 1) readHeaderBlock(lines, at)
  }
})
