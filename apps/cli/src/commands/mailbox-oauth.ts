import { MaildeskError, type OauthProviderName, oauthProviderNames, oauthProviders } from '@maildesk/core'
import { inTransaction, saveMailboxOauth, updateMailbox } from '@maildesk/db'
import { oauthSecretContext } from '@maildesk/flows'
import { type Environment, seal } from '@maildesk/runtime'
import { mailboxTokens } from '@maildesk/wiring'
import { Command, Option } from 'commander'
import { getMailbox, readSecret } from '../mailboxes.ts'
import { choiceOption } from '../options.ts'
import { printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

interface OauthOptions {
  provider: OauthProviderName
  clientId: string
  clientSecretFrom?: string
  refreshTokenFrom: string
  tokenUrl?: string
  scope?: string
}

export function oauthCommand(env: Environment): Command {
  return new Command('oauth')
    .description(
      'Log in with OAuth2 (XOAUTH2) in place of a password, for IMAP and SMTP. The refresh token comes from the provider’s consent page.',
    )
    .argument('<address>')
    .addOption(choiceOption('--provider <name>', 'whose tokens', oauthProviderNames).makeOptionMandatory())
    .requiredOption('--client-id <id>', 'the application registered at the provider')
    .option('--client-secret-from <VARIABLE>', 'environment variable that holds the application’s secret')
    .addOption(
      new Option(
        '--refresh-token-from <VARIABLE>',
        'environment variable that holds the refresh token',
      ).makeOptionMandatory(),
    )
    .option('--token-url <url>', 'the provider’s token endpoint, when it is not the usual one')
    .option('--scope <scope>', 'asked for with each token, when it is not the usual one')
    .action(async (address: string, options: OauthOptions) => {
      const preset = oauthProviders[options.provider]
      const tokenUrl = tokenUrlOf(options.tokenUrl ?? preset.tokenUrl)
      await withDesk(env, async (desk) => {
        const { deps, config } = desk
        const { id } = await getMailbox(desk, address)
        const secret = options.clientSecretFrom ? readSecret(env, options.clientSecretFrom) : null
        const mailbox = await inTransaction(deps.db, async (tx) => {
          await saveMailboxOauth(tx, {
            mailbox_id: id,
            provider: options.provider,
            token_url: tokenUrl,
            scope: options.scope ?? preset.scope,
            client_id: options.clientId,
            client_secret: secret && seal(secret, oauthSecretContext.client(id), config.secretKeys),
            refresh_secret: seal(
              readSecret(env, options.refreshTokenFrom),
              oauthSecretContext.refresh(id),
              config.secretKeys,
            ),
          })
          return updateMailbox(tx, id, { auth: 'oauth2' })
        })
        // Told now rather than by a red mailbox later.
        await mailboxTokens(desk).find(mailbox)
      })
      printLine(`${address} logs in with OAuth2; next: maildesk mailbox test ${address}`)
    })
}

/** Secrets go there: over TLS, unless it is this machine. @throws MaildeskError request.invalid */
function tokenUrlOf(text: string | null): string {
  const url = text !== null && URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (!url || (url.protocol !== 'https:' && !isLocal))
    throw new MaildeskError('request.invalid', '--token-url is needed: an https address')
  return url.href
}
