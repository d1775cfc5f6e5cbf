import { MaildeskError } from '@maildesk/core'
import { expect, test } from 'vitest'
import { classifyPgError } from './classify-pg-error.ts'

const thrown = (code: string | undefined, message = 'no') =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

test.each([
  ...[
    '08000',
    '08001',
    '08003',
    '08006',
    '57P01',
    '57P05',
    '25P03',
    '25006',
    '58030',
    '57P02',
    '57P03',
    '53100',
    '53200',
    '53300',
  ],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EPIPE',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ],
])('%s means the database is away', (code) => {
  expect(classifyPgError(thrown(code))).toMatchObject({ code: 'db.unavailable', fields: { code } })
})

test.each(['40001', '40P01', '55P03', '57014'])(
  '%s means two transactions stood in each other’s way',
  (code) => {
    expect(classifyPgError(thrown(code))).toMatchObject({ code: 'db.conflict', fields: { code } })
  },
)

test.each(['23502', '23503', '23505', '23514', '23P01', '23000'])(
  '%s means a constraint refused a row',
  (code) => {
    expect(classifyPgError(thrown(code))).toMatchObject({ code: 'db.constraint', fields: { code } })
  },
)

test.each([
  'Connection terminated unexpectedly',
  'Connection ended unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Knex: Timeout acquiring a connection. The pool is probably full.',
  'timeout expired',
  'Unable to acquire a connection',
])('%j, said without a code, means the database is away', (message) => {
  expect(classifyPgError(thrown(undefined, message))).toMatchObject({ code: 'db.unavailable', message })
})

test.each(['42601', '42P01', '22021', '22P02', '57P04', undefined])(
  '%s is a mistake, not something to try again',
  (code) => {
    const error = thrown(code)
    expect(classifyPgError(error)).toBe(error)
  },
)

test('what our own code threw, and what is no error, comes back as it is', () => {
  const ours = new MaildeskError('blob.missing', 'connection terminated')
  for (const other of [ours, 'connection terminated', undefined, null, { code: '40001' }])
    expect(classifyPgError(other)).toBe(other)
})

test('constraint, table and cause are kept, so that callers can tell one from another', () => {
  const error = Object.assign(thrown('23505', 'duplicate key'), {
    constraint: 'idx_user_email',
    table: 'users',
  })
  const classified = classifyPgError(error)
  expect(classified).toBeInstanceOf(MaildeskError)
  expect(classified).toMatchObject({
    message: 'duplicate key',
    fields: { code: '23505', constraint: 'idx_user_email', table: 'users' },
    cause: error,
  })
})
