import { expect, test } from 'vitest'
import { labelLanguages, labelsOf, maxLabelLength, meaningsOfLabel } from './header-labels.ts'

test('the labels of at least forty languages are known', () => {
  expect(labelLanguages.length).toBeGreaterThanOrEqual(40)
})

test.each(labelLanguages)('%s says from, date, to and subject', (language) => {
  for (const field of ['from', 'date', 'to', 'subject'] as const) {
    const [label = ''] = labelsOf(language, field)
    expect(meaningsOfLabel(label)).toContainEqual({ language, field })
  }
})

test.each(labelLanguages)('no word of %s stands for two fields', (language) => {
  const fields = [
    'from',
    'date',
    'to',
    'cc',
    'bcc',
    'subject',
    'reply-to',
    'sender',
    'importance',
    'attachments',
  ] as const
  for (const field of fields) {
    for (const label of labelsOf(language, field)) {
      expect(label.length).toBeLessThan(maxLabelLength)
      const own = meaningsOfLabel(label).filter((meaning) => meaning.language === language)
      expect(own, label).toEqual([{ language, field }])
    }
  }
})

test.each([
  ['FROM', 'from'],
  ['from ', 'from'],
  ['Envoye', 'date'],
  ['\u200eשולח', 'from'],
  ['主 题', 'subject'],
  ['ＦＲＯＭ', 'from'],
  ['İLGİLİ', undefined],
  ['Note', undefined],
  ['', undefined],
])('the label %j means %s', (label, field) => {
  expect(meaningsOfLabel(label)[0]?.field).toBe(field)
})
