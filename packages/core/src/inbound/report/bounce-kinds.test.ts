// Reports of all kinds of mail systems, made by us in the shape of each.
import { anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import { classifyEmail } from '../classify-email.ts'
import { readBounce } from './bounce.ts'
import { gateways } from './testing/gateways.ts'
import { mailServers } from './testing/mail-servers.ts'
import { providers } from './testing/providers.ts'

describe.each([
  ['mail server', mailServers],
  ['provider', providers],
  ['gateway', gateways],
] as const)('the report of a %s', (_, reports) => {
  test.each(reports)('$name', ({ email, recipients, id }) => {
    const mail = anEmail(email)
    const bounce = readBounce(mail)
    expect(bounce?.recipients ?? []).toMatchObject(recipients)
    if (id !== undefined) expect(bounce?.originalMessageId).toBe(id)
    const failed = recipients.filter(({ action = 'failed' }) => action === 'failed')
    expect(bounce?.permanent ?? false).toBe(failed.length > 0 && failed.every(({ dead }) => dead))
    const { kind, mayAnswer } = classifyEmail(mail)
    expect(mayAnswer).toBe(false)
    if (recipients.length > 0) expect(kind).toBe(failed.length > 0 ? 'bounce' : 'delivery_notice')
  })
})
