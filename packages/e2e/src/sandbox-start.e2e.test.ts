import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type DeskProcess, startDeskProcess, waitUntil } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataDir } from './make-data-dir.ts'
import {
  callApi,
  headerOf,
  type ListedInbound,
  type ListedMessage,
  listInbound,
  listMessages,
  listTickets,
  readMailbox,
  readSandboxFile,
  type SandboxFile,
  sendBySmtp,
  waitForMail,
  waitForTicket,
} from './sandbox-client.ts'

// The story of the README: `npm start` on a fresh machine, a mail in, an answer out, and again after Ctrl-C.

const customer = 'grace@customers.example'
let dataDir: string
let desk: DeskProcess
let sandbox: SandboxFile

beforeAll(async () => {
  dataDir = await makeDataDir('sandbox')
  desk = startDeskProcess('start', 'apps/cli/src/main.ts', ['start', '--sandbox'], {
    MAILDESK_DATA_DIR: dataDir,
  })
  await desk.waitForLog('"msg":"ready"', 60_000)
  sandbox = await readSandboxFile(dataDir)
})
afterAll(async () => {
  await desk.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
})

function messagesOf(ticketId: string) {
  return listMessages(sandbox, ticketId)
}

test('the sample mails stand there as tickets, one with its PDF and its inline image, the out-of-office in quarantine', async () => {
  await waitUntil(
    async () => {
      const rows = await listInbound(sandbox)
      return (rows.length === 5 && rows.every(({ status }) => status !== 'received')) || undefined
    },
    { timeoutMs: 20_000, intervalMs: 200, what: 'all five sample mails filed' },
  )
  const tickets = await listTickets(sandbox)
  expect(tickets.length).toBeGreaterThanOrEqual(3)
  expect(tickets.every(({ source }) => source === 'email')).toBe(true)
  const attachments = (await Promise.all(tickets.map(({ id }) => messagesOf(id))))
    .flat()
    .flatMap((message) => message.attachments)
  expect(attachments).toContainEqual(
    expect.objectContaining({ content_type: 'application/pdf', source: 'email' }),
  )
  expect(attachments).toContainEqual(expect.objectContaining({ content_type: 'image/png', source: 'email' }))
  const quarantined = await listInbound(sandbox, '&status=quarantined')
  expect(quarantined).toEqual([expect.objectContaining({ reason: 'auto-reply-without-ticket' })])
})

test('a mail becomes a ticket, the answer lies in the customer’s mailbox, and her answer to it lands in the same ticket', async () => {
  await sendBySmtp(sandbox, {
    from: `Grace <${customer}>`,
    to: sandbox.support_address,
    subject: 'The printer hums',
    text: 'It hums.',
    messageId: '<hum-1@customers.example>',
  })
  const ticket = await waitForTicket(sandbox, 'The printer hums')
  await waitForMail(sandbox, customer, 'We have received your message')

  const posted = await callApi<ListedMessage>(sandbox, 'POST', `/tickets/${ticket.id}/messages`, {
    message_text: 'Turn it off and on.',
    is_internal: false,
    attachment_ids: [],
  })
  expect(posted.status).toBe(201)
  const answer = await waitForMail(sandbox, customer, 'Turn it off and on.')
  expect(headerOf(answer, 'In-Reply-To')).toBe('<hum-1@customers.example>')
  expect(headerOf(answer, 'References')).toBe('<hum-1@customers.example>')
  expect(headerOf(answer, 'Subject')).toBe(`Re: The printer hums [#${ticket.number}]`)
  expect(headerOf(answer, 'Auto-Submitted')).toBeUndefined()

  const replyTo = headerOf(answer, 'Reply-To') ?? ''
  expect(replyTo).toMatch(/support\+t1\./)
  await sendBySmtp(sandbox, {
    from: customer,
    to: replyTo,
    subject: 'no such subject',
    text: 'It still hums.',
    inReplyTo: headerOf(answer, 'Message-ID') ?? '',
  })
  await waitUntil(async () => (await messagesOf(ticket.id)).length === 3 || undefined, {
    timeoutMs: 15_000,
    intervalMs: 100,
    what: 'the third message in the ticket',
  })
  const texts = (await messagesOf(ticket.id)).map((message: { message_text: string }) =>
    message.message_text.trim(),
  )
  expect(texts).toEqual(['It hums.', 'Turn it off and on.', 'It still hums.'])
})

test('a note stays inside: nothing of it is mailed', async () => {
  const [ticket] = await listTickets(sandbox)
  const posted = await callApi<ListedMessage>(sandbox, 'POST', `/tickets/${ticket?.id}/messages`, {
    message_text: 'between us only',
    is_internal: true,
  })
  expect(posted.status).toBe(201)
  expect(posted.json.is_internal).toBe(true)
  const outgoing = await callApi<{ items: { message_id: string | null }[] }>(
    sandbox,
    'GET',
    '/outbound-emails?limit=100',
  )
  expect(outgoing.json.items.some((mail) => mail.message_id === posted.json.id)).toBe(false)
})

test('every mail tells why it landed where it did', async () => {
  const filed = (await listInbound(sandbox)).filter(({ status }) => status === 'filed')
  expect(filed.length).toBeGreaterThan(0)
  for (const row of filed) {
    const { json: shown } = await callApi<ListedInbound>(sandbox, 'GET', `/inbound-emails/${row.id}`)
    expect(shown.decision).toMatchObject({ decidedBy: expect.any(String), passedOver: expect.any(Array) })
  }
})

test('stopped with Ctrl-C and started again: nothing lost, nothing doubled, the token still good', async () => {
  const before = await listTickets(sandbox)
  const mailsBefore = await readMailbox(sandbox, customer)
  expect(await desk.kill('SIGINT')).toEqual({ code: 0, signal: null })
  await expect(access(join(dataDir, 'running.json'))).rejects.toThrow('ENOENT')

  desk.restart()
  await desk.waitForLog('"msg":"ready"', 60_000)
  const again = await readSandboxFile(dataDir)
  expect(again.admin_token).toBe(sandbox.admin_token)
  sandbox = again
  await desk.waitForLog('"msg":"mailbox opened"')
  await sendBySmtp(sandbox, {
    from: customer,
    to: sandbox.support_address,
    subject: 'After the break',
    text: 'Still there?',
  })
  await waitForTicket(sandbox, 'After the break')
  const after = await listTickets(sandbox)
  expect(after.length).toBe(before.length + 1)
  expect(await readMailbox(sandbox, customer)).toEqual(expect.arrayContaining(mailsBefore))
})

test('killed without warning and started again: it runs, and nothing is doubled', async () => {
  const before = await listTickets(sandbox)
  await desk.kill('SIGKILL')
  desk.restart()
  await desk.waitForLog('"msg":"mailbox opened"', 60_000)
  sandbox = await readSandboxFile(dataDir)
  expect((await listTickets(sandbox)).length).toBe(before.length)
})
