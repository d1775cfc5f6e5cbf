import { MaildeskError, type UserId, userRoles } from '@maildesk/core'
import { findUser, insertUser, listUsers, type UserRow } from '@maildesk/db'
import { Type } from 'typebox'
import { type ApiApp, actorOf, adminOnly, everyRole, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { answers, Body, Defaulted, IdempotencyHeaders, OneOf, PageOf, Ref } from '../../resources/schema.ts'
import { presentUser, UserSchema } from '../../resources/user.ts'

const Query = Type.Object(
  {
    ...PageQuery,
    role: Type.Optional(OneOf(userRoles)),
    is_active: Type.Optional(Type.Boolean()),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 254, description: 'Found anywhere in the address.' }),
    ),
  },
  { additionalProperties: false },
)

const NewUser = Body({
  email: Type.String({ format: 'email' }),
  first_name: Defaulted(Type.String({ maxLength: 150 }), ''),
  last_name: Defaulted(Type.String({ maxLength: 150 }), ''),
  role: OneOf(userRoles),
})

export function users(app: ApiApp, deps: ApiDeps): void {
  app.get(
    '/api/v1/users/me',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['users'],
        summary: 'Who the token stands for',
        response: answers(200, Ref(UserSchema)),
      },
    },
    async (request) => presentUser((await findUser(deps.db, actorOf(request).userId)) as UserRow),
  )
  app.get(
    '/api/v1/users',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['users'],
        summary: 'List people, newest first',
        querystring: Query,
        response: answers(200, PageOf(UserSchema)),
      },
    },
    async ({ query }) => {
      const filter = {
        ...(query.role ? { role: query.role } : {}),
        ...(query.is_active === undefined ? {} : { isActive: query.is_active }),
        ...(query.q ? { text: query.q } : {}),
      }
      return presentPage(await listUsers(deps.db, filter, pageRequest(query, 'users')), 'users', presentUser)
    },
  )
  app.post(
    '/api/v1/users',
    {
      config: { policy: adminOnly },
      schema: {
        tags: ['users'],
        summary: 'Add a person',
        headers: IdempotencyHeaders,
        body: NewUser,
        response: answers(201, Ref(UserSchema)),
      },
    },
    async (request, reply) => {
      const { email } = request.body
      const created = await createOnce(deps, request, async (tx) => {
        const user = await insertUser(tx, { id: deps.ids.uuid() as UserId, ...request.body })
        return { body: presentUser(user), location: `/api/v1/users?q=${encodeURIComponent(user.email)}` }
      }).catch((error) => {
        throw isTaken(error)
          ? new MaildeskError(
              'request.conflict',
              `${email} is somebody's address already`,
              { email },
              { cause: error },
            )
          : error
      })
      return sendCreated(reply, created)
    },
  )
}

function isTaken(error: unknown): boolean {
  return error instanceof MaildeskError && error.fields.constraint === 'idx_user_email'
}
