import { MaildeskError } from '@maildesk/core'
import { deleteInboundRule, findInboundRule, inTransaction, listInboundRules } from '@maildesk/db'
import { addMailRule, changeMailRule, orderMailRules } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, adminOnly, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { IfMatchHeaders, setEtag, versionsOf } from '../../if-match.ts'
import { InboundRuleSchema, presentInboundRule, RuleFields } from '../../resources/inbound-rule.ts'
import { answers, Body, IdempotencyHeaders, IdParams, PageOf, Ref, Uuid } from '../../resources/schema.ts'
import { idOf, notFound } from '../../visible.ts'

const { name, conditions, actions, is_active, mailbox_id, match, stop } = RuleFields
const NewRule = Body({
  name,
  conditions,
  actions,
  is_active: Type.Optional(is_active),
  mailbox_id: Type.Optional(mailbox_id),
  match: Type.Optional(match),
  stop: Type.Optional(stop),
})
const Changes = Type.Partial(NewRule, { minProperties: 1, additionalProperties: false })
const Order = Body({ ids: Type.Array(Uuid(), { uniqueItems: true, description: 'Every rule once.' }) })
const path = '/api/v1/inbound-rules'

export function inboundRules(app: ApiApp, deps: ApiDeps): void {
  const tags = ['inbound-rules']
  const list = async () => ({
    items: (await listInboundRules(deps.db)).map(presentInboundRule),
    next_cursor: null,
  })
  app.get(
    path,
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'All mail rules, in the order in which they are asked',
        response: answers(200, PageOf(InboundRuleSchema)),
      },
    },
    list,
  )
  app.get(
    `${path}/:id`,
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'One mail rule',
        params: IdParams,
        response: answers(200, Ref(InboundRuleSchema)),
      },
    },
    async (request, reply) => {
      const row = await findInboundRule(deps.db, idOf('mail rule', request.params.id))
      if (!row) throw notFound('mail rule', request.params.id)
      setEtag(reply, row)
      return presentInboundRule(row)
    },
  )
  app.post(
    path,
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Add a mail rule below all others',
        headers: IdempotencyHeaders,
        body: NewRule,
        response: answers(201, Ref(InboundRuleSchema)),
      },
    },
    async (request, reply) => {
      const created = await createOnce(deps, request, async (tx) => {
        const row = await addMailRule(tx, deps, request.body)
        return { body: presentInboundRule(row), location: `${path}/${row.id}` }
      })
      setEtag(reply, created.body)
      return sendCreated(reply, created)
    },
  )
  app.patch(
    `${path}/:id`,
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Change a mail rule; a list is replaced as a whole',
        params: IdParams,
        headers: IfMatchHeaders,
        body: Changes,
        response: answers(200, Ref(InboundRuleSchema)),
      },
    },
    async (request, reply) => {
      const id = idOf<string>('mail rule', request.params.id)
      const row = await inTransaction(deps.db, (tx) =>
        changeMailRule(tx, id, request.body, versionsOf(request)),
      )
      setEtag(reply, row)
      return presentInboundRule(row)
    },
  )
  app.delete(
    `${path}/:id`,
    {
      config: { policy: adminOnly },
      schema: { tags, summary: 'Remove a mail rule', params: IdParams, response: answers(204, Type.Null()) },
    },
    async (request, reply) => {
      const id = idOf<string>('mail rule', request.params.id)
      if (!(await inTransaction(deps.db, (tx) => deleteInboundRule(tx, id))))
        throw new MaildeskError('request.not-found', `there is no mail rule ${id}`, { id })
      return reply.code(204).send(null)
    },
  )
  app.post(
    `${path}/order`,
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Put all mail rules into an order; the first is asked first',
        body: Order,
        response: answers(200, PageOf(InboundRuleSchema)),
      },
    },
    async (request) => {
      await inTransaction(deps.db, (tx) => orderMailRules(tx, request.body.ids))
      return list()
    },
  )
}
