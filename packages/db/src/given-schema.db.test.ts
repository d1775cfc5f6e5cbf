import {
  anId,
  createTestDatabase,
  seedMessage,
  seedTicket,
  seedUser,
  type TestDatabase,
} from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from './connect.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = database.db
})
afterAll(() => database?.drop())

/*
 * The schema that was given, line by line: table → column → its type, `?` for nullable. Texts without a stated
 * limit are only held to be texts.
 */
const given = {
  users: {
    id: 'uuid',
    email: 'text',
    first_name: 'text',
    last_name: 'text',
    role: 'text',
    date_joined: 'timestamptz',
    is_staff: 'bool',
    is_active: 'bool',
  },
  tickets: {
    id: 'uuid',
    title: 'varchar(255)',
    customer_id: 'uuid',
    category: 'text',
    status: 'text',
    priority: 'text',
    assigned_agent_id: 'uuid?',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    closed_at: 'timestamptz?',
    source: 'text',
    tags: 'jsonb',
  },
  messages: {
    id: 'uuid',
    ticket_id: 'uuid',
    sender_id: 'uuid',
    message_text: 'unlimited text',
    created_at: 'timestamptz',
    is_from_customer: 'bool',
    is_internal: 'bool',
    read_by_customer: 'bool',
    read_by_staff: 'bool',
  },
  attachments: {
    id: 'uuid',
    ticket_id: 'uuid',
    message_id: 'uuid?',
    uploaded_by_id: 'uuid',
    file: 'text',
    filename: 'varchar(255)',
    file_size: 'int4',
    content_type: 'varchar(100)',
    created_at: 'timestamptz',
  },
} as const

interface CatalogueColumn {
  readonly column_name: string
  readonly udt_name: string
  readonly character_maximum_length: number | null
  readonly is_nullable: 'YES' | 'NO'
}

/** The catalogue's column in the words of `expected`. */
function described(column: CatalogueColumn, expected: string): string {
  const { udt_name: type, character_maximum_length: limit } = column
  const nullable = column.is_nullable === 'YES' ? '?' : ''
  if (expected === 'text' && (type === 'varchar' || type === 'text')) return `text${nullable}`
  if (expected === 'unlimited text') return (type === 'text' ? 'unlimited text' : type) + nullable
  return `${type}${limit === null ? '' : `(${limit})`}${nullable}`
}

test.each(Object.entries(given))(
  'table %s has the given columns, with their types, limits and nullability',
  async (table, columns) => {
    const { rows } = await db.raw(
      `SELECT column_name, udt_name, character_maximum_length, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?`,
      [table],
    )
    const found = Object.fromEntries(
      Object.entries(columns).map(([name, expected]) => {
        const column = (rows as CatalogueColumn[]).find(({ column_name }) => column_name === name)
        return [name, column ? described(column, expected) : 'missing']
      }),
    )
    expect(found).toEqual(columns)
  },
)

test.each(Object.keys(given))('the primary key of %s is its id', async (table) => {
  const { rows } = await db.raw(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = ?::regclass AND contype = 'p'`,
    [table],
  )
  expect(rows).toEqual([{ definition: 'PRIMARY KEY (id)' }])
})

test.each([
  ['tickets', 'idx_ticket_customer', 'customer_id'],
  ['tickets', 'idx_ticket_status', 'status'],
  ['tickets', 'idx_ticket_priority', 'priority'],
  ['tickets', 'idx_ticket_updated', 'updated_at'],
  ['tickets', 'idx_ticket_category', 'category'],
  ['messages', 'idx_message_ticket', 'ticket_id'],
  ['messages', 'idx_message_created', 'created_at'],
  ['messages', 'idx_message_customer', 'is_from_customer'],
  ['attachments', 'idx_attachment_ticket', 'ticket_id'],
  ['attachments', 'idx_attachment_message', 'message_id'],
  ['attachments', 'idx_attachment_created', 'created_at'],
])('%s has the index %s on %s', async (table, index, column) => {
  const { rows } = await db.raw(
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ? AND indexname = ?`,
    [table, index],
  )
  expect(rows).toEqual([{ indexdef: `CREATE INDEX ${index} ON public.${table} USING btree (${column})` }])
})

describe('words outside the lists are refused, those inside taken', () => {
  const lists = [
    ['status', ['open', 'in_progress', 'resolved', 'closed'], 'chk_ticket_status'],
    ['priority', ['low', 'medium', 'high', 'urgent'], 'chk_ticket_priority'],
    ['category', ['billing', 'technical', 'account', 'service', 'general'], 'chk_ticket_category'],
    ['source', ['web', 'mobile', 'email', 'phone'], 'chk_ticket_source'],
  ] as const

  test.each(lists)('%s is one of %o', async (column, words, constraint) => {
    for (const word of words) {
      const closedAt = word === 'closed' ? new Date() : null
      expect(await seedTicket(db, { [column]: word, closed_at: closedAt })).toMatchObject({ [column]: word })
    }
    for (const word of ['', 'Open', 'spam', ' open'])
      await expect(seedTicket(db, { [column]: word as never }), word).rejects.toMatchObject({ constraint })
    await expect(seedTicket(db, { [column]: null as never })).rejects.toMatchObject({ code: '23502' })
  })

  test('a role is customer, provider or admin', async () => {
    for (const role of ['customer', 'provider', 'admin'] as const)
      expect(await seedUser(db, { role })).toMatchObject({ role })
    await expect(seedUser(db, { role: 'agent' as never, is_staff: false })).rejects.toMatchObject({
      constraint: 'chk_user_role',
    })
  })

  test('a title of 255 characters fits, one more does not', async () => {
    expect((await seedTicket(db, { title: '😀'.repeat(255) })).title).toHaveLength(510)
    await expect(seedTicket(db, { title: 'x'.repeat(256) })).rejects.toMatchObject({ code: '22001' })
  })

  test('tags are a list', async () => {
    expect((await seedTicket(db, { tags: JSON.stringify(['vip', 'late']) as never })).tags).toEqual([
      'vip',
      'late',
    ])
    await expect(seedTicket(db, { tags: '{}' as never })).rejects.toMatchObject({
      constraint: 'chk_ticket_tags',
    })
  })
})

/** One ticket with everything that hangs on it, each by another person. */
async function seedAll() {
  const customer = await seedUser(db)
  const agent = await seedUser(db, { role: 'provider' })
  const uploader = await seedUser(db)
  const ticket = await seedTicket(db, { customer_id: customer.id, assigned_agent_id: agent.id })
  const message = await seedMessage(db, ticket)
  const answer = await seedMessage(db, ticket, { sender_id: agent.id, is_from_customer: false })
  const [attachment] = await db('attachments')
    .insert({
      id: anId(),
      ticket_id: ticket.id,
      message_id: message.id,
      uploaded_by_id: uploader.id,
      file: 'a'.repeat(64),
      filename: 'report.pdf',
      file_size: 1,
      content_type: 'application/pdf',
      source: 'email',
    })
    .returning('*')
  return { customer, agent, uploader, ticket, message, answer, attachment }
}

describe('deleting', () => {
  const left = async (table: string, id: string) => db(table).where({ id }).first()

  test('a customer takes their tickets with them, and messages and attachments with those', async () => {
    const { customer, ticket, message, attachment } = await seedAll()
    await db('users').where({ id: customer.id }).delete()
    expect(await left('tickets', ticket.id)).toBeUndefined()
    expect(await left('messages', message.id)).toBeUndefined()
    expect(await left('attachments', attachment.id)).toBeUndefined()
  })

  test('an assigned agent leaves the ticket unassigned, and takes their messages', async () => {
    const { agent, ticket, message, answer } = await seedAll()
    await db('users').where({ id: agent.id }).delete()
    expect(await left('tickets', ticket.id)).toMatchObject({ assigned_agent_id: null })
    expect(await left('messages', message.id)).toBeDefined()
    expect(await left('messages', answer.id)).toBeUndefined()
  })

  test('a ticket takes its messages and attachments', async () => {
    const { ticket, message, attachment } = await seedAll()
    await db('tickets').where({ id: ticket.id }).delete()
    expect(await left('messages', message.id)).toBeUndefined()
    expect(await left('attachments', attachment.id)).toBeUndefined()
  })

  test('a message leaves its attachments at the ticket', async () => {
    const { message, attachment } = await seedAll()
    await db('messages').where({ id: message.id }).delete()
    expect(await left('attachments', attachment.id)).toMatchObject({ message_id: null })
  })

  test('an uploader takes their attachments', async () => {
    const { uploader, attachment, message } = await seedAll()
    await db('users').where({ id: uploader.id }).delete()
    expect(await left('attachments', attachment.id)).toBeUndefined()
    expect(await left('messages', message.id)).toBeDefined()
  })
})

test.each([
  ['tickets', 'customer_id'],
  ['tickets', 'assigned_agent_id'],
  ['messages', 'ticket_id'],
  ['messages', 'sender_id'],
  ['attachments', 'ticket_id'],
  ['attachments', 'message_id'],
  ['attachments', 'uploaded_by_id'],
])('%s.%s names a row that is there', async (table, column) => {
  const { ticket, message, attachment } = await seedAll()
  const id = { tickets: ticket.id, messages: message.id, attachments: attachment.id }[table]
  await expect(
    db(table)
      .where({ id })
      .update({ [column]: anId() }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^2350[23]$/) })
})

describe('is_from_customer is held to the sender’s role', () => {
  const refused = { constraint: 'chk_message_is_from_customer' }

  test.each([
    ['customer', true],
    ['provider', false],
    ['admin', false],
  ] as const)(
    'a message by a %s is from a customer: %s, and not the contrary',
    async (role, isFromCustomer) => {
      const ticket = await seedTicket(db)
      const sender = await seedUser(db, { role })
      const message = await seedMessage(db, ticket, {
        sender_id: sender.id,
        is_from_customer: isFromCustomer,
      })
      await expect(
        seedMessage(db, ticket, { sender_id: sender.id, is_from_customer: !isFromCustomer }),
      ).rejects.toMatchObject(refused)
      await expect(
        db('messages').where({ id: message.id }).update({ is_from_customer: !isFromCustomer }),
      ).rejects.toMatchObject(refused)
    },
  )

  test('a role written by hand changes nothing', async () => {
    const ticket = await seedTicket(db)
    await expect(
      seedMessage(db, ticket, { is_from_customer: false, sender_role: 'provider' }),
    ).rejects.toMatchObject(refused)
    const message = await seedMessage(db, ticket, { sender_role: 'admin' })
    expect(message.sender_role).toBe('customer')
    await expect(
      db('messages').where({ id: message.id }).update({ sender_role: 'admin', is_from_customer: false }),
    ).rejects.toMatchObject(refused)
  })

  test('another sender must be of the same side', async () => {
    const ticket = await seedTicket(db)
    const message = await seedMessage(db, ticket)
    const [agent, customer] = [await seedUser(db, { role: 'provider' }), await seedUser(db)]
    await expect(
      db('messages').where({ id: message.id }).update({ sender_id: agent.id }),
    ).rejects.toMatchObject(refused)
    await db('messages').where({ id: message.id }).update({ sender_id: customer.id })
    await db('messages').where({ id: message.id }).update({ sender_id: agent.id, is_from_customer: false })
    expect(await db('messages').where({ id: message.id }).first()).toMatchObject({ sender_role: 'provider' })
  })

  test('a later change of the role leaves what was written before valid and changeable', async () => {
    const ticket = await seedTicket(db)
    const message = await seedMessage(db, ticket)
    await db('users').where({ id: ticket.customer_id }).update({ role: 'provider', is_staff: true })
    await db('messages').where({ id: message.id }).update({ read_by_staff: true })
    expect(await db('messages').where({ id: message.id }).first()).toMatchObject({
      is_from_customer: true,
      sender_role: 'customer',
      read_by_staff: true,
    })
    await expect(seedMessage(db, ticket)).rejects.toMatchObject(refused)
    await seedMessage(db, ticket, { is_from_customer: false })
  })

  test('a sender who is not there is refused', async () => {
    await expect(seedMessage(db, await seedTicket(db), { sender_id: anId() })).rejects.toMatchObject({
      code: expect.stringMatching(/^2350[23]$/),
    })
  })
})

describe('an attachment', () => {
  const insert = async (fields: object) => {
    const ticket = await seedTicket(db)
    const row = {
      id: anId(),
      ticket_id: ticket.id,
      uploaded_by_id: ticket.customer_id,
      file: 'key',
      filename: 'x',
      file_size: 0,
      content_type: 'a/b',
      source: 'web',
    }
    return db('attachments').insert({ ...row, ...fields })
  }

  test('needs no message', async () => {
    await insert({})
  })

  test.each([
    [{ file_size: -1 }, 'chk_attachment_file_size'],
    [{ content_type: 'nonsense' }, 'chk_attachment_content_type'],
    [{ content_type: 'text/plain; charset=utf-8' }, 'chk_attachment_content_type'],
    [{ content_type: '' }, 'chk_attachment_content_type'],
    [{ source: 'fax' }, 'chk_attachment_source'],
  ])('with %o is refused', async (fields, constraint) => {
    await expect(insert(fields)).rejects.toMatchObject({ constraint })
  })

  test.each([{ filename: 'x'.repeat(256) }, { content_type: `a/${'b'.repeat(99)}` }])(
    'with a text beyond its limit is refused',
    async (fields) => {
      await expect(insert(fields)).rejects.toMatchObject({ code: '22001' })
    },
  )
})

test('what is not said has its default', async () => {
  const ticket = await seedTicket(db)
  expect(ticket).toMatchObject({
    category: 'general',
    status: 'open',
    priority: 'medium',
    assigned_agent_id: null,
    closed_at: null,
    tags: [],
  })
  expect(await seedMessage(db, ticket)).toMatchObject({
    is_internal: false,
    read_by_customer: false,
    read_by_staff: false,
  })
  expect(await seedUser(db)).toMatchObject({
    first_name: '',
    last_name: '',
    is_staff: false,
    is_active: true,
    date_joined: expect.any(Date),
  })
})
