import { describe, expect, it } from 'vitest'
import { classifyImapError, type ImapFailure, type ImapPhase } from './classify-imap-error.ts'
import { uidSets } from './uid-sets.ts'

describe('classifyImapError', () => {
  it.each<[ImapFailure, ImapPhase, string]>([
    [{ authenticationFailed: true, responseStatus: 'NO' }, 'open', 'imap.auth-failed'],
    [{ authenticationFailed: true, serverResponseCode: 'AUTHENTICATIONFAILED' }, 'open', 'imap.auth-failed'],
    [{ authenticationFailed: true, serverResponseCode: 'UNAVAILABLE' }, 'open', 'imap.unavailable'],
    [{ authenticationFailed: true, serverResponseCode: 'LIMIT' }, 'open', 'imap.unavailable'],
    [{ serverResponseCode: 'expired' }, 'open', 'imap.auth-failed'],
    [{ code: 'ECONNREFUSED' }, 'open', 'imap.unavailable'],
    [{ code: 'ENOTFOUND' }, 'open', 'imap.unavailable'],
    [{ code: 'CONNECT_TIMEOUT' }, 'open', 'imap.unavailable'],
    [{ code: 'GREETING_TIMEOUT' }, 'open', 'imap.unavailable'],
    [{ code: 'ClosedAfterConnectTLS' }, 'open', 'imap.unavailable'],
    [{ code: 'STARTTLS_INJECTION' }, 'open', 'imap.unavailable'],
    [{ responseStatus: 'NO', mailboxMissing: true }, 'select', 'imap.folder-missing'],
    [{ responseStatus: 'NO', serverResponseCode: 'NONEXISTENT' }, 'select', 'imap.folder-missing'],
    [{ responseStatus: 'NO', serverResponseCode: 'INUSE' }, 'select', 'imap.unavailable'],
    [{ responseStatus: 'NO' }, 'use', 'imap.unavailable'],
    [{ responseStatus: 'BAD' }, 'use', 'imap.unavailable'],
    [{ code: 'ETHROTTLE' }, 'use', 'imap.unavailable'],
    [{ code: 'NoConnection' }, 'use', 'imap.disconnected'],
    [{ code: 'EConnectionClosed' }, 'use', 'imap.disconnected'],
    [{ code: 'ETIMEOUT' }, 'use', 'imap.disconnected'],
    [{ code: 'LiteralTooLarge' }, 'use', 'imap.disconnected'],
    [{ code: 'ECONNRESET' }, 'use', 'imap.disconnected'],
    [{}, 'use', 'imap.disconnected'],
  ])('takes %j while in phase %s as %s', (failure, phase, code) => {
    expect(classifyImapError(failure, phase)).toBe(code)
  })
})

describe('uidSets', () => {
  it.each<[number[], number | undefined, string[]]>([
    [[], undefined, []],
    [[5], undefined, ['5']],
    [[3, 1, 2, 2, 9], undefined, ['1:3,9']],
    [[1, 2, 3, 4, 5], 2, ['1:2', '3:4', '5']],
    [[1, 3, 5], 2, ['1,3', '5']],
  ])('writes %j (at most %s each) as %j', (uids, max, sets) => {
    expect(uidSets(uids, max)).toEqual(sets)
  })

  it('keeps every set short and every UID in exactly one', () => {
    const uids = Array.from({ length: 20_000 }, (_, i) => i * 2 + 1)
    const sets = uidSets(uids)
    expect(Math.max(...sets.map((set) => set.length))).toBeLessThanOrEqual(6_000)
    expect(sets.flatMap((set) => set.split(',').map(Number))).toEqual(uids)
  })
})
