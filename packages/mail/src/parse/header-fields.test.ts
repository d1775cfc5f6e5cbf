import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { readHeaderFields } from './header-fields.ts'
import { defaultParseLimits } from './limits.ts'
import { parseHeader } from './parsed-header.ts'

const section = (...lines: (string | Buffer)[]) =>
  readHeaderFields(
    Buffer.concat(
      lines.flatMap((line) => [typeof line === 'string' ? Buffer.from(line) : line, Buffer.from('\r\n')]),
    ),
  )
const header = (...lines: (string | Buffer)[]) => parseHeader(section(...lines), defaultParseLimits)
const field = (name: string, value: string, charset: string) =>
  Buffer.concat([Buffer.from(`${name}: `), iconv.encode(value, charset)])

describe('raw header fields', () => {
  it('are read by what the whole section looks like', () => {
    const read = header(
      field('From', '"王兰" <a@e.org>', 'gbk'),
      field('Subject', '转发：整体提升企业服务水平', 'gbk'),
    )
    expect([read.subject, read.from]).toEqual([
      '转发：整体提升企业服务水平',
      [{ name: '王兰', address: 'a@e.org' }],
    ])
    expect(read.warnings).toContainEqual({
      code: 'charset-guessed',
      detail: 'header fields in gb18030 (declared: nothing)',
    })
  })

  it('are read by the character set of the body where they are too short to tell', () => {
    const type = 'Content-Type: text/plain; charset=koi8-r'
    expect(header(field('Subject', 'Да', 'koi8-r'), type).subject).toBe('Да')
  })

  it('may be UTF-8 and Windows-1252 in one section', () => {
    const read = header('Subject: Grüße', field('To', 'Jürgen Größer <j@e.org>', 'windows-1252'))
    expect([read.subject, read.to[0]?.name]).toEqual(['Grüße', 'Jürgen Größer'])
  })

  it('in UTF-8 are as they should be', () => {
    expect(section('Subject: Grüße').warnings).toEqual([])
  })

  it('keep raw bytes inside encoded words with the word', () => {
    const word = Buffer.from('Subject: =?koi8-r?Q?\xf0\xd2\xc9=D7?=', 'latin1')
    expect(header(word, 'From: "Jürgen" <j@e.org>').subject).toBe('Прив')
  })

  it('may switch by escape sequences', () => {
    const read = header(Buffer.from('From: \x1b$B%F%9%H\x1b(B <a@e.org>', 'latin1'))
    expect(read.from).toEqual([{ name: 'テスト', address: 'a@e.org' }])
  })

  it('may be UTF-7 where the body is', () => {
    const lines = ['Subject: Fr+APY-sche', 'To: "M+APw-ller" <a+APY-b@e.org>']
    const read = header(...lines, 'Content-Type: text/plain; charset=utf-7')
    expect([read.subject, read.to]).toEqual(['Frösche', [{ name: 'Müller', address: 'a+APY-b@e.org' }]])
    expect(header(...lines).subject).toBe('Fr+APY-sche')
  })
})

describe('parseHeader', () => {
  it('joins several From fields', () => {
    const read = header('From: a@e.org', 'From: B <b@e.org>')
    expect(read.from.map(({ address }) => address)).toEqual(['a@e.org', 'b@e.org'])
  })

  it('bounds what it says of odd words', () => {
    const read = header(`Subject: ${'=?x-foo?Q?=E4?= x '.repeat(1_000)}`)
    expect(read.warnings.length).toBeLessThan(20)
  })
})
