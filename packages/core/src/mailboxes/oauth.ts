// OAuth2 for mailboxes: the providers we know as data, and when a token is renewed (RFC 6749 §6).

export interface OauthProvider {
  readonly name: string
  /** Where refresh tokens become access tokens; null: must be told. */
  readonly tokenUrl: string | null
  /** Asked for with each renewal; null: what the refresh token has. */
  readonly scope: string | null
  /** What an administrator must allow when making the refresh token. */
  readonly consentScope: string | null
}

export const oauthProviders = {
  google: {
    name: 'Google',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    scope: null,
    consentScope: 'https://mail.google.com/',
  },
  microsoft: {
    name: 'Microsoft 365',
    tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    scope:
      'https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access',
    consentScope:
      'https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access',
  },
  custom: { name: 'another provider', tokenUrl: null, scope: null, consentScope: null },
} as const satisfies Record<string, OauthProvider>

export type OauthProviderName = keyof typeof oauthProviders
export const oauthProviderNames = Object.keys(oauthProviders) as OauthProviderName[]

/** A token is renewed this long before it ends, so that it outlives the log-in it is used for; milliseconds. */
export const tokenMarginMs = 5 * 60_000
/** A provider that refused is not asked again by itself for this long, milliseconds: people have to act first. */
export const refusedPauseMs = 10 * 60_000
/** Taken when the provider does not say how long a token lives (RFC 6749 §5.1), seconds. */
export const defaultTokenLifeSeconds = 3600

export interface TokenRequest {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string | null
  readonly refreshToken: string
  readonly scope: string | null
}

export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresInSeconds: number
  /** Some providers replace the refresh token with each use. */
  readonly refreshToken: string | null
}

/** @throws MaildeskError mailbox.oauth-refused (a person must act), mailbox.oauth-unavailable (try again later). */
export type RequestToken = (request: TokenRequest) => Promise<TokenAnswer>

/** True while a cached token can be used for a log-in. Pure. */
export function isTokenFresh(expiresAt: Date | null, now: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() - tokenMarginMs > now.getTime()
}
