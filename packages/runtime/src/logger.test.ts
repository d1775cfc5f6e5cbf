import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const logger = JSON.stringify(new URL('./logger.ts', import.meta.url).href)
const core = JSON.stringify(import.meta.resolve('@maildesk/core'))

/** What a process that runs `body` with an open `log` prints. The log writes to file descriptor 2, so it needs one of its own. */
function printed(body: string, options: object = {}): { stdout: string; stderr: string } {
  const settings = JSON.stringify({ level: 'trace', format: 'json', role: 'test', ...options })
  const script = `import { openLogger } from ${logger}\nimport { MaildeskError } from ${core}\nconst log = openLogger(${settings})\n${body}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  return { stdout, stderr }
}

const secrets = `
const config = {
  databaseUrl: 'postgres://desk:CANARY@db/desk', redisUrl: 'redis://:CANARY@redis', secretKeys: ['CANARY', 'CANARY'], port: 3000,
}
const mailbox = { id: 'm1', address: 'support@desk.example', imap_user: 'desk', imap_secret: 'CANARY', smtp_secret: 'CANARY' }
const access = { host: 'imap.desk.example', user: 'desk', password: 'CANARY' }
const request = { method: 'GET', headers: { authorization: 'Bearer CANARY', cookie: 'session=CANARY' } }
`

const spoken = `
log.info(config, 'at the top')
log.info({ config }, 'one level down')
log.info({ desk: { config } }, 'two levels down')
log.info(mailbox, 'mailbox')
log.info({ mailbox }, 'mailbox')
log.info({ mailboxes: [mailbox, mailbox] }, 'mailboxes')
log.info({ access, mailbox: { access } }, 'access')
log.info({ req: request }, 'request')
log.info({ settings: { tokenKeys: ['CANARY'] } }, 'settings')
log.info({ token: 'CANARY', secret: 'CANARY', pass: 'CANARY' }, 'words')
log.child({ mailbox }).info({}, 'bound to a child')
log.error({ err: new MaildeskError('smtp.auth-failed', 'refused', { password: 'CANARY', access }) }, 'error')
`

test.each(['json', 'pretty'])(
  'no secret of a configuration, mailbox, request or error reaches the %s log',
  (format) => {
    const { stderr } = printed(secrets + spoken, { format })
    expect(stderr).not.toContain('CANARY')
    expect(stderr.split('\n').filter((line) => line.includes('(redacted)')).length).toBeGreaterThanOrEqual(11)
    // What is no secret is still there.
    expect(stderr).toContain('imap.desk.example')
  },
)

test('each line is one JSON object with level, role, fields and message, on standard error', () => {
  const { stdout, stderr } = printed(`log.warn({ mailboxId: 'm1' }, 'poll failed')`, { role: 'poller' })
  expect(stdout).toBe('')
  expect(JSON.parse(stderr)).toMatchObject({ level: 40, role: 'poller', mailboxId: 'm1', msg: 'poll failed' })
})

test('an error is written with its code, fields and stack', () => {
  const { stderr } = printed(
    `log.error({ err: new MaildeskError('db.unavailable', 'gone', { host: 'db' }) }, 'failed')`,
  )
  expect(JSON.parse(stderr).err).toMatchObject({
    code: 'db.unavailable',
    message: 'gone',
    fields: { host: 'db' },
    stack: expect.any(String),
  })
})

test('what is less severe than the level is not written', () => {
  expect(printed(`log.debug({}, 'quiet'); log.info({}, 'quiet')`, { level: 'warn' }).stderr).toBe('')
})

test('attacker’s text cannot make a line of its own', () => {
  const { stderr } = printed(`log.info({ subject: 'x\\n{"level":60,"msg":"forged"}\\u2028' }, 'email filed')`)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})
