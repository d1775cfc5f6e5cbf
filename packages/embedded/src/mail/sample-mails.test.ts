import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sampleMails } from './sample-mails.ts'
import { tinyPdf, tinyPng } from './samples/tiny-files.ts'

const now = new Date('2026-03-04T12:00:00Z')
const field = (raw: Buffer, name: string) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(raw.toString())?.[1]

test('the sample mails keep their Message-IDs whenever they are made, and their dates lie before now', () => {
  const early = sampleMails('help@desk.test', now)
  const late = sampleMails('help@desk.test', new Date('2027-01-01T00:00:00Z'))
  const ids = early.map(({ raw }) => field(raw, 'Message-ID'))
  expect(late.map(({ raw }) => field(raw, 'Message-ID'))).toEqual(ids)
  expect(new Set(ids).size).toBe(5)
  for (const { raw } of early)
    expect(new Date(field(raw, 'Date') ?? '').getTime()).toBeLessThan(now.getTime())
})

test('every line of a sample mail ends in CRLF, and the third answers the first', () => {
  const mails = sampleMails('help@desk.test', now)
  for (const { raw } of mails) expect(raw.toString()).not.toMatch(/[^\r]\n/)
  expect(field(mails[2]?.raw as Buffer, 'References')).toBe(field(mails[0]?.raw as Buffer, 'Message-ID'))
  expect(mails[2]?.from).toBe(mails[0]?.from)
})

test('the picture and the document are real files', () => {
  const png = tinyPng(3, 2, [10, 20, 30])
  const data = png.indexOf('IDAT')
  expect(inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)))).toHaveLength(
    2 * (1 + 3 * 3),
  )
  const pdf = tinyPdf(['Invoice (1)']).toString()
  const table = Number(/startxref\n(\d+)/.exec(pdf)?.[1])
  expect(pdf.slice(table, table + 4)).toBe('xref')
  expect(pdf).toContain('(Invoice \\(1\\)) Tj')
})
