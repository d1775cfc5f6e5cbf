// Secrets at rest: AES-256-GCM with a random nonce; bound to where they belong, so that one row's secret
// cannot be pasted into another row.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { MaildeskError } from '@maildesk/core'

const version = 's1'

/** Short public name of a key, so that an opener knows which one to try. */
function keyIdOf(key: string): string {
  return createHash('sha256').update(`maildesk key id ${key}`).digest('hex').slice(0, 8)
}

function deriveKey(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'maildesk seal v1', 32))
}

/**
 * Seals `plain` with the first key. `context` names the place it belongs to (such as `mailbox:<id>:imap`)
 * and must be the same when opened.
 */
export function seal(plain: string, context: string, keys: readonly string[]): string {
  const [key] = keys
  if (!key)
    throw new MaildeskError('config.invalid', 'MAILDESK_SECRET_KEY is not set, a secret cannot be sealed')
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(key), nonce).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return [
    version,
    keyIdOf(key),
    nonce.toString('base64url'),
    sealed.toString('base64url'),
    cipher.getAuthTag().toString('base64url'),
  ].join('.')
}

/** Opens what `seal` made. @throws MaildeskError secret.unreadable when no key fits or it was tampered with. */
export function unseal(sealed: string, context: string, keys: readonly string[]): string {
  const [found, keyId, nonce, body, tag] = sealed.split('.')
  const key = keys.find((candidate) => keyIdOf(candidate) === keyId)
  if (found !== version || !key || !nonce || body === undefined || !tag) {
    throw new MaildeskError(
      'secret.unreadable',
      `the secret of ${context} was sealed with a key that is not in MAILDESK_SECRET_KEY`,
      { context, keyId },
    )
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', deriveKey(key), Buffer.from(nonce, 'base64url'), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(context)).setAuthTag(Buffer.from(tag, 'base64url'))
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new MaildeskError(
      'secret.unreadable',
      `the secret of ${context} does not open: it was changed or belongs elsewhere`,
      { context },
      { cause },
    )
  }
}
