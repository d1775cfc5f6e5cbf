import { expect, test } from 'vitest'
import { type ErrorCode, errorTable, errorText, isFinal, MaildeskError } from './errors.ts'
import { invalidFields } from './field-errors.ts'

const codes = Object.entries(errorTable)

test.each(codes)('%s is final exactly when its row says never', (code, { retry }) => {
  expect(isFinal(new MaildeskError(code as ErrorCode, 'detail'))).toBe(retry === 'never')
})

test.each(codes)('%s has a sentence that says what it means', (code, { meaning }) => {
  expect(code).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
  expect(meaning).toMatch(/^[A-Z].*\.$/s)
})

test.each([new Error('boom'), 'boom', undefined, null, { code: 'smtp.rejected' }])(
  'what we do not know (%s) may be worth another try',
  (thrown) => {
    expect(isFinal(thrown)).toBe(false)
  },
)

test.each<[unknown, string]>([
  [new MaildeskError('smtp.rejected', 'no such user'), 'smtp.rejected: no such user'],
  [new Error('boom'), 'boom'],
  [new TypeError(''), 'TypeError'],
  ['boom', 'boom'],
  [undefined, 'undefined'],
  [null, 'null'],
])('%s reads %j', (thrown, text) => {
  expect(errorText(thrown)).toBe(text)
})

test('an error keeps what and where, and its cause', () => {
  const cause = new Error('socket closed')
  const error = new MaildeskError('db.unavailable', 'gone', { host: 'x' }, { cause })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'MaildeskError',
    code: 'db.unavailable',
    message: 'gone',
    fields: { host: 'x' },
    cause,
  })
})

test('a request’s faults are all told', () => {
  const error = invalidFields(
    { field: 'title', message: 'must not be empty' },
    { field: 'tags.0', message: 'must be text' },
  )
  expect(error).toMatchObject({
    code: 'request.invalid',
    message: 'title must not be empty; tags.0 must be text',
  })
  expect(error.fields.errors).toHaveLength(2)
})
