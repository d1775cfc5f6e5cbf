// The access token a mailbox logs in with: cached sealed in its row, renewed shortly before it ends, by one process at
// a time.
import {
  type Clock,
  errorText,
  isTokenFresh,
  type MailboxId,
  MaildeskError,
  type RequestToken,
  refusedPauseMs,
} from '@maildesk/core'
import {
  type Database,
  findMailboxOauth,
  inTransaction,
  lockMailboxOauth,
  type MailboxOauthRow,
  type MailboxRow,
  type Transaction,
  updateMailboxOauth,
} from '@maildesk/db'

export interface TokenDeps {
  readonly db: Database
  readonly clock: Clock
  readonly seal: (plain: string, context: string) => string
  readonly unseal: (sealed: string, context: string) => string
  readonly requestToken: RequestToken
}

/** Places that the secrets of a grant are sealed for. */
export const oauthSecretContext = {
  client: (id: MailboxId) => `mailbox:${id}:oauth-client`,
  refresh: (id: MailboxId) => `mailbox:${id}:oauth-refresh`,
  access: (id: MailboxId) => `mailbox:${id}:oauth-access`,
} as const

/**
 * A token that is good for a log-in now; undefined for a mailbox with a password.
 * @throws MaildeskError mailbox.oauth-refused (a person must act), mailbox.oauth-unavailable, secret.unreadable, db.*
 */
export async function accessTokenOf(
  deps: TokenDeps,
  mailbox: Pick<MailboxRow, 'id' | 'address' | 'auth'>,
): Promise<string | undefined> {
  if (mailbox.auth === 'password') return undefined
  const cached = readCached(deps, await findMailboxOauth(deps.db, mailbox.id))
  if (cached) return cached
  // A refusal is written down by the same transaction, so it is carried out of it as a value.
  const renewed = await inTransaction(deps.db, (tx) => renew(tx, deps, mailbox))
  if (renewed instanceof MaildeskError) throw renewed
  return renewed
}

/** The server did not take this token though it should last: the next log-in gets another one. */
export async function forgetAccessToken(deps: TokenDeps, id: MailboxId, token: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (readCached(deps, await lockMailboxOauth(tx, id)) !== token) return
    await updateMailboxOauth(tx, id, { access_secret: null, access_expires_at: null })
  })
}

function readCached(deps: TokenDeps, row: MailboxOauthRow | undefined): string | undefined {
  if (!row?.access_secret || !isTokenFresh(row.access_expires_at, deps.clock.now())) return undefined
  return deps.unseal(row.access_secret, oauthSecretContext.access(row.mailbox_id))
}

async function renew(
  tx: Transaction,
  deps: TokenDeps,
  { id, address }: Pick<MailboxRow, 'id' | 'address'>,
): Promise<string | MaildeskError> {
  const row = await lockMailboxOauth(tx, id)
  if (!row) return refused(`${address} has no OAuth2 grant; next: maildesk mailbox oauth ${address} …`)
  const cached = readCached(deps, row)
  if (cached) return cached
  const now = deps.clock.now()
  if (row.refused_at && now.getTime() - row.refused_at.getTime() < refusedPauseMs)
    return refused(row.refused_reason ?? 'the provider refused')
  try {
    const answer = await deps.requestToken({
      tokenUrl: row.token_url,
      clientId: row.client_id,
      clientSecret: row.client_secret && deps.unseal(row.client_secret, oauthSecretContext.client(id)),
      refreshToken: deps.unseal(row.refresh_secret, oauthSecretContext.refresh(id)),
      scope: row.scope,
    })
    await updateMailboxOauth(tx, id, {
      access_secret: deps.seal(answer.accessToken, oauthSecretContext.access(id)),
      access_expires_at: new Date(deps.clock.now().getTime() + answer.expiresInSeconds * 1000),
      ...(answer.refreshToken === null
        ? {}
        : { refresh_secret: deps.seal(answer.refreshToken, oauthSecretContext.refresh(id)) }),
      refused_reason: null,
      refused_at: null,
    })
    return answer.accessToken
  } catch (error) {
    if (!(error instanceof MaildeskError) || error.code !== 'mailbox.oauth-refused') throw error
    await updateMailboxOauth(tx, id, { refused_reason: errorText(error), refused_at: now })
    return error
  }
}

function refused(detail: string): MaildeskError {
  return new MaildeskError('mailbox.oauth-refused', detail)
}
