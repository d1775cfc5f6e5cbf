// What is new in a folder: everything above the cursor, read or not, and nothing else.
import { defaultImapLimits, openMailSource } from '@maildesk/mail'
import { startDovecot } from '@maildesk/testkit'
import type { Scenario, Violation } from '../../contracts.ts'
import { makeMails } from '../../generate/index.ts'
import { outcomeOf } from '../outcome.ts'

const user = 'support@example.com'
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): void {}

export const probeFolder: Scenario = {
  name: 'probe-folder',
  summary: 'A mail that somebody has read is new all the same, and the newest one is not new again.',
  backends: { commit: [], landing: ['postgres'], release: ['postgres'] },
  async run({ seed }) {
    const dovecot = await startDovecot()
    const violations: Violation[] = []
    try {
      const mails = makeMails({ seed, count: 3, to: user, shape: ['plain'] })
      for (const mail of mails) await dovecot.deliver(user, mail.raw, mail.from)
      const { imapPort: port, password } = dovecot
      const access = { host: '127.0.0.1', port, tls: 'none' as const, user, password }
      const source = await openMailSource({ access, folder: 'INBOX', limits: defaultImapLimits, log })
      try {
        const [first = 0] = await source.listUids(0)
        await source.afterProcess([first], 'seen', null)
        const listed = await source.listUids(0)
        if (!listed.includes(first))
          violations.push({
            invariant: 'I1',
            kind: 'lost',
            detail: `mail ${first} was flagged \\Seen and is not listed: ${listed.join(', ')}`,
          })
        const again = await source.listUids(listed.at(-1) ?? 0)
        if (again.length > 0)
          violations.push({
            invariant: 'I1',
            kind: 'doubled',
            detail: `mail ${again.join(', ')} is below the cursor and listed again`,
          })
      } finally {
        await source.close()
      }
      return outcomeOf({ mails: mails.length }, { violations })
    } finally {
      await dovecot.stop()
    }
  },
}
