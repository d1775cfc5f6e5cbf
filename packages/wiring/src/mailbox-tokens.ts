// Access tokens of mailboxes with the parts of this process: its database, its keys, the providers over HTTP.

import { accessTokenOf, forgetAccessToken, type MailboxTokens, type TokenDeps } from '@maildesk/flows'
import { requestToken } from '@maildesk/mail'
import { seal, systemClock, unseal } from '@maildesk/runtime'
import type { Desk } from './open-desk.ts'

export function mailboxTokens({
  deps,
  config,
}: {
  readonly deps: Pick<Desk['deps'], 'db'>
  readonly config: Pick<Desk['config'], 'secretKeys'>
}): MailboxTokens {
  const parts: TokenDeps = {
    db: deps.db,
    clock: systemClock,
    seal: (plain, context) => seal(plain, context, config.secretKeys),
    unseal: (sealed, context) => unseal(sealed, context, config.secretKeys),
    requestToken,
  }
  return {
    find: (mailbox) => accessTokenOf(parts, mailbox),
    forget: (mailbox, token) => forgetAccessToken(parts, mailbox.id, token),
  }
}
