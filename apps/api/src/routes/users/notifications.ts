import { notifyDefaults, notifyEvents, type UserId } from '@maildesk/core'
import { changeAgentNotify, findAgentSettings, findUser, inTransaction } from '@maildesk/db'
import { Type } from 'typebox'
import { type Actor, type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { NotificationsSchema, presentNotifications } from '../../resources/notifications.ts'
import { answers, Body, IdParams, Nullable, Ref } from '../../resources/schema.ts'
import { idOf, notFound } from '../../visible.ts'

const Changes = Body(
  Object.fromEntries(
    notifyEvents.map((event) => [
      event,
      Type.Optional(
        Nullable(Type.Boolean({ description: `Null for the default: ${notifyDefaults[event]}.` })),
      ),
    ]),
  ),
  { minProperties: 1 },
)

export function notifications(app: ApiApp, deps: ApiDeps): void {
  const common = {
    tags: ['users'],
    params: IdParams,
    response: answers(200, Ref(NotificationsSchema)),
  }
  app.get(
    '/api/v1/users/:id/notifications',
    {
      config: { policy: staffOnly },
      schema: {
        ...common,
        summary: 'What an agent is told of by mail',
        description: '`me` for oneself; admins may ask for everybody of the staff.',
      },
    },
    async (request) => {
      const id = await staffOf(deps, actorOf(request), request.params.id)
      return presentNotifications(await findAgentSettings(deps.db, id))
    },
  )
  app.patch(
    '/api/v1/users/:id/notifications',
    {
      config: { policy: staffOnly },
      schema: { ...common, summary: 'Choose what an agent is told of by mail', body: Changes },
    },
    async (request) => {
      const id = await staffOf(deps, actorOf(request), request.params.id)
      const changes = request.body as Record<string, boolean | null>
      return presentNotifications(await inTransaction(deps.db, (tx) => changeAgentNotify(tx, id, changes)))
    },
  )
}

/** The agent that the path names, when it is the caller or an admin asks. @throws MaildeskError request.not-found */
async function staffOf({ db }: ApiDeps, actor: Actor, named: string): Promise<UserId> {
  const id = named === 'me' ? actor.userId : idOf<UserId>('user', named)
  const user = id === actor.userId || actor.role === 'admin' ? await findUser(db, id) : undefined
  if (!user || user.role === 'customer') throw notFound('user', named)
  return id
}
