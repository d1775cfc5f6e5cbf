import { resolve } from 'node:path'
import { MaildeskError } from '@maildesk/core'
import { describe, expect, test } from 'vitest'
import { type Environment, loadConfig, requireProduction } from './load-config.ts'
import { configurationVariables, type VariableName } from './variables.ts'

const names = Object.keys(configurationVariables) as VariableName[]
const secretKey = 'canary-secret-key-of-32-characters'

function problemsOf(env: Environment): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(MaildeskError)
    const { code, fields, message } = error as MaildeskError
    expect(code).toBe('config.invalid')
    const problems = fields.problems as string[]
    for (const problem of problems) expect(message).toContain(`\n  - ${problem}`)
    return problems
  }
}

describe('an empty environment', () => {
  test('gives the defaults', () => {
    expect(loadConfig({})).toMatchObject({
      databaseUrl: undefined,
      redisUrl: undefined,
      dataDir: resolve('data'),
      secretKeys: [],
      sandbox: false,
      publicUrl: undefined,
      host: '127.0.0.1',
      port: 3000,
      portIsExplicit: false,
      trustProxy: false,
      logLevel: 'info',
      logFormat: undefined,
      dbPool: 10,
      maxMailBytes: 50 * 1024 * 1024,
      maxAttachmentBytes: 25 * 1024 * 1024,
      smtpTimeoutMs: 600_000,
      sendGiveUpMs: 72 * 3_600_000,
      maxUncertainResends: 2,
      autoAnswersPer10Minutes: 1,
      autoAnswersPerDay: 5,
    })
  })

  test('stores under the data directory, wherever that is', () => {
    expect(loadConfig({ MAILDESK_DATA_DIR: '/srv/mail desk' })).toMatchObject({
      dataDir: '/srv/mail desk',
      storageUrl: 'file:///srv/mail%20desk/storage',
    })
  })

  test('gives numbers everywhere a number is due', () => {
    for (const [name, value] of Object.entries(loadConfig({}))) {
      if (typeof value === 'number') expect(value, name).toSatisfy(Number.isSafeInteger)
    }
  })
})

test('values are read, trimmed, and blank ones count as unset', () => {
  const config = loadConfig({
    DATABASE_URL: ' postgres://db.example/desk ',
    MAILDESK_SECRET_KEY: `${secretKey}, ${secretKey}2,`,
    MAILDESK_ATTACHMENT_TYPES: 'Image/*, text/plain',
    PORT: ' 0 ',
    HOST: '   ',
    LOG_LEVEL: '',
    MAILDESK_TRUST_PROXY: 'true',
  })
  expect(config).toMatchObject({
    databaseUrl: 'postgres://db.example/desk',
    secretKeys: [secretKey, `${secretKey}2`],
    attachmentTypes: ['image/*', 'text/plain'],
    port: 0,
    portIsExplicit: true,
    host: '127.0.0.1',
    logLevel: 'info',
    trustProxy: true,
  })
})

test('variables of other programs are none of our business', () => {
  expect(problemsOf({ PATH: '/bin', NODE_ENV: 'test', MAILDESK: 'x', XMAILDESK_PORT: '1' })).toEqual([])
})

test('the configuration cannot be changed afterwards', () => {
  const config = loadConfig({})
  expect(Object.isFrozen(config)).toBe(true)
  expect(Object.isFrozen(config.attachmentTypes)).toBe(true)
  expect(Object.isFrozen(config.secretKeys)).toBe(true)
})

/** A value that the variable's kind refuses; undefined where any text is fine. */
function badValue(name: VariableName): string | undefined {
  switch (configurationVariables[name].kind.type) {
    case 'text':
    case 'list':
      return undefined
    default:
      return 'canary value'
  }
}

describe('a bad value is refused', () => {
  test.each(names.filter(badValue))('of %s', (name) => {
    const problems = problemsOf({ [name]: badValue(name) })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(name)
  })

  test.each([
    ['PORT', '65536', 'PORT: "65536" is not a whole number from 0 to 65535'],
    ['PORT', '-1', 'PORT: "-1" is not a whole number from 0 to 65535'],
    ['PORT', '80.5', 'PORT: "80.5" is not a whole number from 0 to 65535'],
    ['PORT', '0x50', 'PORT: "0x50" is not a whole number from 0 to 65535'],
    ['PORT', '8e3', 'PORT: "8e3" is not a whole number from 0 to 65535'],
    ['PORT', '３０００', 'PORT: "３０００" is not a whole number from 0 to 65535'],
    ['MAILDESK_DB_POOL', '2', 'MAILDESK_DB_POOL: "2" is not a whole number from 3 to 200'],
    ['MAILDESK_LEASE_MS', '30s', 'MAILDESK_LEASE_MS: "30s" is not a whole number from 500 to 3600000'],
    ['MAILDESK_SANDBOX', 'yes', 'MAILDESK_SANDBOX: "yes" is neither true nor false'],
    ['MAILDESK_TRUST_PROXY', '1', 'MAILDESK_TRUST_PROXY: "1" is neither true nor false'],
    ['LOG_FORMAT', 'xml', 'LOG_FORMAT: "xml" is not one of pretty, json'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL: "loud" is not one of trace, debug, info, warn, error, fatal, silent'],
    ['PUBLIC_URL', 'desk.example', 'PUBLIC_URL: "desk.example" is not a URL of http: or https:'],
    [
      'PUBLIC_URL',
      'javascript:alert(1)',
      'PUBLIC_URL: "javascript:alert(1)" is not a URL of http: or https:',
    ],
    ['STORAGE_URL', 's3://bucket', 'STORAGE_URL: "s3://bucket" is not a URL of file:'],
    ['DATABASE_URL', 'mysql://canary', 'DATABASE_URL: the value is not a URL of postgres: or postgresql:'],
    ['REDIS_URL', 'http://canary', 'REDIS_URL: the value is not a URL of redis: or rediss:'],
  ])('%s=%s, with what would be right', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([problem])
  })
})

test('all problems are told at once', () => {
  const problems = problemsOf({
    PORT: 'many',
    LOG_LEVEL: 'loud',
    MAILDESK_SANDBOX: 'maybe',
    REDIS_URL: 'nowhere',
    MAILDESK_SECRET_KEY: 'short',
    MAILDESK_COLOUR: 'red',
    MAILDESK_LEASE_MS: '0',
  })
  expect(problems).toHaveLength(7)
})

test('the number of problems stands at the top', () => {
  expect(() => loadConfig({ PORT: 'x' })).toThrow(/^the configuration has 1 problem:\n/)
  expect(() => loadConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/^the configuration has 2 problems:\n/)
})

describe('an unknown setting of ours', () => {
  test.each([
    ['MAILDESK_SECRET_KEYS', 'MAILDESK_SECRET_KEY'],
    ['MAILDESK_LEASE', 'MAILDESK_LEASE_MS'],
    ['MAILDESK_DATADIR', 'MAILDESK_DATA_DIR'],
    ['MAILDESK_REOPEN_DAY', 'MAILDESK_REOPEN_DAYS'],
    ['MAILDESK_SANBDOX', 'MAILDESK_SANDBOX'],
  ])('%s is refused, and %s suggested', (name, known) => {
    expect(problemsOf({ [name]: 'canary' })).toEqual([
      `${name} is not a setting of maildesk; did you mean ${known}?`,
    ])
  })

  test('that resembles none is refused without a guess', () => {
    expect(problemsOf({ MAILDESK_COLOUR_OF_THE_BUTTONS: 'red' })).toEqual([
      'MAILDESK_COLOUR_OF_THE_BUTTONS is not a setting of maildesk',
    ])
  })

  test('is refused even when it is empty', () => {
    expect(problemsOf({ MAILDESK_COLOUR_OF_THE_BUTTONS: '' })).toHaveLength(1)
  })
})

test('no message repeats a secret', () => {
  const canaries = {
    DATABASE_URL: 'canary-one://user:canary-two@db.example/x',
    REDIS_URL: 'canary-three',
    MAILDESK_SECRET_KEY: 'canary-four,canary-five',
    MAILDESK_SECRET_KEYS: 'canary-six',
  }
  expect(() => loadConfig(canaries)).toThrow()
  try {
    loadConfig(canaries)
  } catch (error) {
    expect(`${(error as Error).message} ${JSON.stringify((error as MaildeskError).fields)}`).not.toContain(
      'canary',
    )
  }
})

test('keys must be long, each of them', () => {
  expect(problemsOf({ MAILDESK_SECRET_KEY: `${'x'.repeat(31)},${'x'.repeat(32)},x` })).toEqual([
    'MAILDESK_SECRET_KEY: key 1 has 31 characters, at least 32 are needed',
    'MAILDESK_SECRET_KEY: key 3 has 1 characters, at least 32 are needed',
  ])
})

test('the sandbox refuses to run beside a real database', () => {
  const problems = problemsOf({
    MAILDESK_SANDBOX: 'true',
    DATABASE_URL: 'postgres://user:canary@db.example/desk',
  })
  expect(problems).toEqual([expect.stringContaining('MAILDESK_SANDBOX and DATABASE_URL')])
  expect(problems.join()).not.toContain('canary')
})

describe('a process that is no sandbox', () => {
  const complete = { DATABASE_URL: 'postgres://db.example/desk', MAILDESK_SECRET_KEY: secretKey }

  test('gets its database and keys', () => {
    expect(requireProduction(loadConfig(complete))).toEqual({
      databaseUrl: complete.DATABASE_URL,
      secretKeys: [secretKey],
    })
  })

  test.each([
    [{}, ['DATABASE_URL', 'MAILDESK_SECRET_KEY']],
    [{ DATABASE_URL: complete.DATABASE_URL }, ['MAILDESK_SECRET_KEY']],
    [{ MAILDESK_SECRET_KEY: secretKey }, ['DATABASE_URL']],
  ])('with %o is told that %s are missing', (env, missing) => {
    try {
      requireProduction(loadConfig(env))
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'config.invalid' })
      expect(
        ((error as MaildeskError).fields.problems as string[]).map((problem) => problem.split(' ')[0]),
      ).toEqual(missing)
    }
  })
})
