import { invalidFields, normalAddress, suppressionScopes } from '@maildesk/core'
import {
  findAgentSettings,
  findSuppression,
  findUserByEmail,
  inTransaction,
  listBounceRecords,
  listSuppressions,
} from '@maildesk/db'
import { liftByHand, suppressByHand } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { answers, Body, Defaulted, Nullable, OneOf, PageOf, Ref, Time } from '../../resources/schema.ts'
import {
  AddressStandingSchema,
  presentStanding,
  presentSuppression,
  SuppressionSchema,
} from '../../resources/suppression.ts'

const Params = Type.Object({ address: Type.String({ format: 'email', maxLength: 254 }) })
const Query = Type.Object(
  {
    ...PageQuery,
    scope: Type.Optional(OneOf(suppressionScopes)),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 254, description: 'Found anywhere in the address.' }),
    ),
  },
  { additionalProperties: false },
)
const Wish = Body({
  scope: Defaulted(OneOf(suppressionScopes), 'automatic'),
  until: Defaulted(Nullable(Time('Null: until a person lifts it.')), null),
})

export function suppressions(app: ApiApp, deps: ApiDeps): void {
  const one = { tags: ['suppressions'], params: Params, response: answers(200, Ref(AddressStandingSchema)) }
  app.get(
    '/api/v1/suppressions',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['suppressions'],
        summary: 'Addresses that get no mail, or only what agents write; newest first',
        querystring: Query,
        response: answers(200, PageOf(SuppressionSchema)),
      },
    },
    async ({ query }) => {
      const filter = { ...(query.scope ? { scope: query.scope } : {}), ...(query.q ? { text: query.q } : {}) }
      const page = await listSuppressions(deps.db, filter, pageRequest(query, 'suppressions'))
      return presentPage(page, 'suppressions', presentSuppression)
    },
  )
  app.get(
    '/api/v1/suppressions/:address',
    {
      config: { policy: staffOnly },
      schema: { ...one, summary: 'Whether mail goes to an address, and what reports said of it' },
    },
    async ({ params }) => standingOf(deps, params.address),
  )
  app.put(
    '/api/v1/suppressions/:address',
    {
      config: { policy: staffOnly },
      schema: {
        ...one,
        summary: 'Send an address no mail',
        description: 'Stands until its time is over or a person lifts it, whatever reports or mails say.',
        body: Wish,
      },
    },
    async (request) => {
      const { address } = request.params
      const { scope, until } = request.body
      const end = until === null ? null : new Date(until)
      if (end && end <= deps.clock.now()) throw invalidFields({ field: 'until', message: 'is over already' })
      await inTransaction(deps.db, (tx) =>
        suppressByHand(tx, { address, scope, until: end }, actorOf(request).userId),
      )
      return standingOf(deps, address)
    },
  )
  app.delete(
    '/api/v1/suppressions/:address',
    {
      config: { policy: staffOnly },
      schema: {
        ...one,
        summary: 'Send an address mail again',
        description:
          'What reports said so far counts no more. After a complaint only an admin may: 403. Lifting what is not there changes nothing.',
      },
    },
    async (request) => {
      const { address } = request.params
      const isAdmin = actorOf(request).role === 'admin'
      await inTransaction(deps.db, (tx) => liftByHand(tx, address, { complaintsToo: isAdmin }))
      return standingOf(deps, address)
    },
  )
}

async function standingOf({ db }: Pick<ApiDeps, 'db'>, given: string) {
  const address = normalAddress(given)
  const user = await findUserByEmail(db, address)
  const settings = user && (await findAgentSettings(db, user.id))
  return presentStanding({
    address,
    suppression: await findSuppression(db, address),
    agentMailPausedReason: settings?.mail_paused_reason ?? null,
    history: await listBounceRecords(db, address),
  })
}
