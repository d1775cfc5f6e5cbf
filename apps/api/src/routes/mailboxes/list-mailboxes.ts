import { listMailboxes as readMailboxes } from '@maildesk/db'
import { type ApiApp, adminOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { answers, PageOf } from '../../resources/schema.ts'
import { MailboxSchema, presentMailbox } from '../../resources/user.ts'

export function listMailboxes(app: ApiApp, { db }: ApiDeps): void {
  app.get(
    '/api/v1/mailboxes',
    {
      config: { policy: adminOnly },
      schema: {
        tags: ['mailboxes'],
        summary: 'All mailboxes and how they fare; never their secrets',
        response: answers(200, PageOf(MailboxSchema)),
      },
    },
    // There are few, so this list is one page.
    async () => ({ items: (await readMailboxes(db)).map(presentMailbox), next_cursor: null }),
  )
}
