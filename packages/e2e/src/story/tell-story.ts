// The life of a conversation, played against a whole desk over real SMTP and IMAP. Each line is told after it was seen.
import assert from 'node:assert/strict'
import { waitUntil } from '@maildesk/testkit'
import {
  callApi,
  headerOf,
  type ListedMessage,
  listInbound,
  listMessages,
  listTickets,
  readMailbox,
  type SandboxFile,
  sendBySmtp,
  waitForTicket,
} from '../sandbox-client.ts'
import { answerTo, bounceOf, grace, lin, outlookInline, quoted } from './letters.ts'

/** How long each step may take, milliseconds. */
const stepTimeoutMs = 30_000

const theirs = ['Which model is it?', 'Since when is it loud?'] as const
const hers = ['The P-7, serial 4711.', 'Since Tuesday, after the storm.'] as const

/**
 * Plays the story and tells it line by line. Wants a desk on which nobody else works.
 * @throws AssertionError for a line that is not so; Error when a step takes too long.
 */
export async function tellStory(sandbox: SandboxFile, tell: (line: string) => void): Promise<void> {
  const api = <Answer>(method: string, path: string, body?: unknown) =>
    callApi<Answer>(sandbox, method, path, body).then(({ status, json }) => {
      assert.ok(status < 300, `${method} ${path} was answered with ${status}: ${JSON.stringify(json)}`)
      return json
    })
  const agent = await api<{ id: string }>('POST', '/users', {
    email: lin.address,
    first_name: 'Lin',
    last_name: 'Clark',
    role: 'provider',
  })

  await sendBySmtp(sandbox, {
    from: grace,
    to: sandbox.support_address,
    subject: 'The pump is loud',
    text: 'Hello, the pump in the cellar is loud. What can I do?\n',
  })
  const ticket = await waitForTicket(sandbox, 'The pump is loud')
  tell(`Grace writes to ${sandbox.support_address}; it is ticket #${ticket.number}`)

  const receipt = await inbox(sandbox, grace.address, `[#${ticket.number}]`)
  assert.equal(headerOf(receipt, 'Auto-Submitted'), 'auto-replied')
  assert.ok(!receipt.includes('cellar'), 'the acknowledgement repeats her words')
  tell('Grace gets an acknowledgement, without a word of hers in it')

  await api('PATCH', `/tickets/${ticket.id}`, { assigned_agent_id: agent.id })
  const notice = await inbox(sandbox, lin.address, `[#${ticket.number}]`)
  tell(`the ticket is assigned to Lin; Lin is told by email: "${headerOf(notice, 'Subject')}"`)

  await sendBySmtp(
    sandbox,
    answerTo(notice, lin, {
      text: `Dear Grace,\n\n${theirs[0]}\n${theirs[1]}\n\n${quoted(notice, 'The desk')}\n`,
    }),
  )
  const reply = await inbox(sandbox, grace.address, theirs[0])
  assert.ok(!reply.includes('/tickets/'), `the answer carries something of the notification:\n${reply}`)
  assert.ok(
    !reply.includes(headerOf(notice, 'Reply-To') ?? '?'),
    'the answer carries the agent’s reply address',
  )
  assert.equal(headerOf(reply, 'Auto-Submitted'), undefined)
  tell('Lin answers by email; Grace gets the answer, and nothing of the notification')

  await sendBySmtp(sandbox, answerTo(reply, grace, { text: outlookInline(theirs, hers) }))
  const inline = await messageWith(sandbox, ticket.id, hers[0])
  for (const line of [...theirs, ...hers]) assert.ok(inline.message_text.includes(line), `lost: ${line}`)
  tell('Grace answers between Lin’s lines, as Outlook does it; not one of her lines is lost')

  await inbox(sandbox, lin.address, hers[1])
  tell('Lin is told of it by email, with what Grace wrote')

  await sendBySmtp(sandbox, {
    from: grace,
    to: sandbox.support_address,
    subject: 'Pump: one more thing',
    text: 'It smells, too.\n',
  })
  const second = await waitForTicket(sandbox, 'Pump: one more thing')
  assert.notEqual(second.id, ticket.id)
  await api('POST', `/tickets/${second.id}/merge`, { into_ticket_id: ticket.id })
  assert.ok(
    (await listMessages(sandbox, ticket.id)).some(({ message_text }) => message_text.includes('It smells')),
  )
  tell(`Grace writes anew, which is ticket #${second.number}; it is merged into #${ticket.number}`)

  await sendBySmtp(sandbox, {
    from: grace,
    to: sandbox.support_address,
    subject: `Re: Pump: one more thing [#${second.number}]`,
    text: 'And it drips now.\n',
  })
  await messageWith(sandbox, ticket.id, 'And it drips now.')
  tell(`Grace answers under the old number #${second.number}; it lands in #${ticket.number}`)

  await api('POST', `/tickets/${ticket.id}/messages`, {
    message_text: 'A technician comes tomorrow at nine.',
    is_internal: false,
  })
  const last = await inbox(sandbox, grace.address, 'technician comes')
  const before = (await readMailbox(sandbox, grace.address)).length
  await sendBySmtp(sandbox, bounceOf(last, sandbox.support_address, grace.address))
  const attention = await waitUntil(
    async () => {
      const { attention } = await api<{ attention: string | null }>('GET', `/tickets/${ticket.id}`)
      return attention ?? undefined
    },
    { timeoutMs: stepTimeoutMs, intervalMs: 200, what: 'the ticket to ask for attention' },
  )
  tell(`Grace’s address starts bouncing; the ticket asks for attention: ${attention}`)

  const trouble = await inbox(sandbox, lin.address, '5.1.1')
  tell(`Lin is told by email: "${headerOf(trouble, 'Subject')}"`)

  const { items } = await api<{ items: { address: string; reason: string }[] }>('GET', '/suppressions')
  assert.deepEqual(
    items.map(({ address }) => address),
    [grace.address],
  )
  assert.equal((await readMailbox(sandbox, grace.address)).length, before)
  tell('nothing is sent to Grace by itself any more')

  const rows = await waitUntil(
    async () => {
      const all = await listInbound(sandbox)
      return all.every(({ status, decision }) => status !== 'received' && decision !== null) && all
    },
    { timeoutMs: stepTimeoutMs, intervalMs: 200, what: 'every mail at rest' },
  )
  assert.equal((await listTickets(sandbox)).filter(({ title }) => title.includes('ump')).length, 2)
  tell(`every one of the ${rows.length} mails is at rest, and says why it is where it is`)
}

/** Waits for a mail with that text in somebody's mailbox. */
function inbox(sandbox: SandboxFile, address: string, text: string): Promise<string> {
  return waitUntil(
    async () => (await readMailbox(sandbox, address)).findLast((mail) => mail.includes(text)),
    {
      timeoutMs: stepTimeoutMs,
      intervalMs: 200,
      what: `a mail with "${text}" in the mailbox of ${address}`,
    },
  )
}

function messageWith(sandbox: SandboxFile, ticketId: string, text: string): Promise<ListedMessage> {
  return waitUntil(
    async () =>
      (await listMessages(sandbox, ticketId)).find(({ message_text }) => message_text.includes(text)),
    { timeoutMs: stepTimeoutMs, intervalMs: 200, what: `a message with "${text}"` },
  )
}
