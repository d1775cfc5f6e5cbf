import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acknowledgementTemplate, lateAnswerTemplate, renderTemplate, type Template } from './templates.ts'

const values = { number: '42', desk: 'Desk & Söhne', address: 'support@desk.example' }

describe.each([acknowledgementTemplate, lateAnswerTemplate])('the template $name', (template) => {
  test.each(['en', 'de', 'fr', 'es', 'nl'])(
    'has words in %s, and every place in them is filled',
    (language) => {
      const mail = renderTemplate(template, language, values)
      expect(mail.language).toBe(language)
      expect(mail.subject).toContain('#42')
      expect(mail.text).toContain('Desk & Söhne')
      expect(mail.html).toContain('Desk &amp; Söhne')
      expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/[{}]/)
    },
  )
})

test.each([
  ['de-AT', 'de'],
  ['DE', 'de'],
  ['zh-Hant-TW', 'en'],
  ['', 'en'],
  ['constructor', 'en'],
])('the language %j is answered in %s', (language, answered) => {
  expect(renderTemplate(acknowledgementTemplate, language, values).language).toBe(answered)
})

const echo: Template = { name: 'echo', words: { en: { subject: '{one}', paragraphs: ['{one}', '{two}'] } } }

test('a value is text: no markup in the HTML, and never taken for a place of another', () => {
  fc.assert(
    fc.property(fc.string(), (one) => {
      const { html, subject } = renderTemplate(echo, 'en', { one, two: '' })
      expect(subject).toBe(one)
      expect(html.replace(/<\/?(?:p|div lang="en"|div)>/g, '')).not.toMatch(/[<>"']/)
    }),
  )
  expect(renderTemplate(echo, 'en', { one: '{two}', two: 'x' }).subject).toBe('{two}')
})

test('a value that is missing is an error', () => {
  expect(() => renderTemplate(echo, 'en', { one: 'x' })).toThrow('echo wants a value for two')
})
