import { isMailboxSetting, type MailboxId, MaildeskError } from '@maildesk/core'
import { findMailbox, inTransaction, listMailboxes, listMailboxFolders, type MailboxRow } from '@maildesk/db'
import { changeMailbox, createMailbox, type MailboxSecrets } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, adminOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { IfMatchHeaders, setEtag, versionsOf } from '../../if-match.ts'
import { MailboxSchema, mailboxChanges, presentMailbox } from '../../resources/mailbox.ts'
import { answers, Body, IdempotencyHeaders, IdParams, PageOf, Ref } from '../../resources/schema.ts'

const NewMailbox = Body({
  address: Type.String({ format: 'email', description: 'What customers write to.' }),
  ...mailboxChanges,
})
const Changes = Body(mailboxChanges, { minProperties: 1 })

export function mailboxes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps
  const tags = ['mailboxes']
  app.get(
    '/api/v1/mailboxes',
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'All mailboxes and how they fare; never their secrets',
        response: answers(200, PageOf(MailboxSchema)),
      },
    },
    // There are few, so this list is one page.
    async () => {
      const [rows, folders] = [await listMailboxes(db), await listMailboxFolders(db)]
      return { items: rows.map((row) => presentMailbox(row, folders)), next_cursor: null }
    },
  )
  app.get(
    '/api/v1/mailboxes/:id',
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'One mailbox with its settings',
        params: IdParams,
        response: answers(200, Ref(MailboxSchema)),
      },
    },
    async (request, reply) => {
      const row = await getMailbox(deps, request.params.id)
      setEtag(reply, row)
      return presentMailbox(row, await listMailboxFolders(db, row.id))
    },
  )
  app.post(
    '/api/v1/mailboxes',
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Add a mailbox',
        headers: IdempotencyHeaders,
        body: NewMailbox,
        response: answers(201, Ref(MailboxSchema)),
      },
    },
    async (request, reply) => {
      const { address, ...rest } = request.body
      const created = await createOnce(deps, request, async (tx) => {
        const id = deps.ids.uuid() as MailboxId
        const row = await createMailbox(tx, { id, address, ...wanted(deps, id, rest) })
        return {
          body: presentMailbox(row, await listMailboxFolders(tx, id)),
          location: `/api/v1/mailboxes/${id}`,
        }
      })
      setEtag(reply, created.body)
      return sendCreated(reply, created)
    },
  )
  app.patch(
    '/api/v1/mailboxes/:id',
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Change a mailbox’s settings',
        params: IdParams,
        headers: IfMatchHeaders,
        body: Changes,
        response: answers(200, Ref(MailboxSchema)),
      },
    },
    async (request, reply) => {
      const { id } = await getMailbox(deps, request.params.id)
      const ifVersion = versionsOf(request)
      const row = await inTransaction(db, (tx) =>
        changeMailbox(tx, { id, ifVersion, ...wanted(deps, id, request.body) }),
      )
      setEtag(reply, row)
      return presentMailbox(row, await listMailboxFolders(db, id))
    },
  )
}

async function getMailbox({ db }: ApiDeps, id: string): Promise<MailboxRow> {
  const row = uuid.test(id) ? await findMailbox(db, id as MailboxId) : undefined
  if (!row) throw new MaildeskError('request.not-found', `no mailbox ${id}`, { id })
  return row
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The body's settings, and its secrets sealed for this mailbox. */
function wanted(deps: ApiDeps, id: MailboxId, body: Readonly<Record<string, unknown>>) {
  const settings = Object.fromEntries(Object.entries(body).filter(([name]) => isMailboxSetting(name)))
  const secrets: MailboxSecrets = {}
  if (typeof body.imap_password === 'string')
    secrets.imap_secret = deps.seal(body.imap_password, `mailbox:${id}:imap`)
  if (typeof body.smtp_password === 'string')
    secrets.smtp_secret = deps.seal(body.smtp_password, `mailbox:${id}:smtp`)
  return { settings, secrets, isActive: body.is_active as boolean | undefined }
}
