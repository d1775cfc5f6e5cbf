import { generateKeyPairSync } from 'node:crypto'
import { sealMessage } from 'mailauth/lib/arc/index.js'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { describe, expect, test } from 'vitest'
import { dnsForOneMail } from './dns-desk.ts'
import type { ResolveTxt } from './signature-order.ts'
import { verifySignatures } from './verify-signatures.ts'

const keys = generateKeyPairSync('ed25519')
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')
const keyRecord = [[`v=DKIM1; k=ed25519; p=${publicKey}`]]

/** Every domain's key is ours, except for domains that are said to have none or to be away. */
function dns(records: Record<string, string[][] | string> = {}): ResolveTxt & { asked: string[] } {
  const asked: string[] = []
  const resolve = async (name: string) => {
    asked.push(name)
    const said = records[name] ?? (name.startsWith('_dmarc.') ? 'ENOTFOUND' : keyRecord)
    if (typeof said === 'string') throw Object.assign(new Error(said), { code: said })
    return said
  }
  return Object.assign(resolve, { asked })
}

const mail =
  'From: Ada <ada@corp.com>\r\nTo: desk@desk.example\r\nSubject: Stuck\r\n\r\nIt does not turn.\r\n'

async function sign(text: string, domain: string, more: object = {}): Promise<string> {
  const data = { signingDomain: domain, selector: 's', privateKey, ...more }
  const signed = await dkimSign(text, { ...data, signatureData: [data] })
  if (signed.signatures === '') throw new Error(JSON.stringify(signed.errors))
  return signed.signatures + text
}

async function seal(text: string, domain: string, authResults: string, more: object = {}): Promise<string> {
  const headers = await sealMessage(text, {
    signingDomain: domain,
    selector: 's',
    privateKey,
    authResults,
    ...more,
  })
  return headers.toString() + text
}

async function* bytesOf(text: string, size = 1000) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const order = { fromDomain: 'corp.com', trustedArcSealers: ['list.org'], headerBytes: 100_000 }
const verify = (text: string, resolve = dns(), more = {}) =>
  verifySignatures(bytesOf(text), { ...order, ...more }, dnsForOneMail(resolve))

describe('DKIM', () => {
  test('a signature is verified over the bytes, however they come', async () => {
    const signed = await sign(mail, 'corp.com')
    expect((await verify(signed)).dkim).toEqual([{ domain: 'corp.com', result: 'pass', uncovered: 0 }])
    const slow = await verifySignatures(bytesOf(signed, 1), order, dns())
    expect(slow.dkim).toEqual([{ domain: 'corp.com', result: 'pass', uncovered: 0 }])
  })

  test('a changed body or subject breaks it', async () => {
    const signed = await sign(mail, 'corp.com')
    expect((await verify(signed.replace('turn', 'burn'))).dkim[0]?.result).not.toBe('pass')
    expect((await verify(signed.replace('Stuck', 'Struck'))).dkim[0]?.result).not.toBe('pass')
  })

  test('bytes below a length that was signed are told', async () => {
    const signed = await sign(mail, 'corp.com', { maxBodyLength: 5 })
    expect((await verify(signed)).dkim[0]).toMatchObject({ result: 'pass', uncovered: expect.any(Number) })
    expect((await verify(signed)).dkim[0]?.uncovered).toBeGreaterThan(0)
  })

  test('a signature that leaves From out does not count', async () => {
    const resolve = dns()
    const signature =
      'DKIM-Signature: v=1; a=ed25519-sha256; d=corp.com; s=s; h=subject:to; bh=AAAA; b=AAAA\r\n'
    expect((await verify(signature + mail, resolve)).dkim[0]?.result).toBe('neutral')
    expect(resolve.asked).toEqual([])
  })

  test('no signature, no key, no DNS', async () => {
    expect(await verify(mail)).toEqual({
      dkim: [],
      arc: { result: 'none', sealers: [], firstResults: null },
      strictAlignment: false,
      troubles: [],
      isTemporary: false,
    })
    const signed = await sign(mail, 'corp.com')
    const noKey = await verify(signed, dns({ 's._domainkey.corp.com': 'ENOTFOUND' }))
    expect([noKey.dkim[0]?.result === 'pass', noKey.isTemporary]).toEqual([false, false])
    const away = await verify(signed, dns({ 's._domainkey.corp.com': 'ESERVFAIL' }))
    expect([away.dkim[0]?.result, away.isTemporary]).toEqual(['temperror', true])
  })

  test('servers of somebody else’s domain that do not answer do not make the verdict wait', async () => {
    const signed = await sign(mail, 'evil.org')
    const away = await verify(signed, dns({ 's._domainkey.evil.org': 'ESERVFAIL' }))
    expect(away).toMatchObject({ isTemporary: false, troubles: ['DNS ESERVFAIL: s._domainkey.evil.org'] })
  })

  test('strict alignment is read from DMARC, where another domain of theirs signed', async () => {
    const signed = await sign(mail, 'mail.corp.com')
    expect((await verify(signed)).strictAlignment).toBe(false)
    const strict = { '_dmarc.corp.com': [['v=DMARC1; p=reject; ', 'adkim=s']] }
    expect((await verify(signed, dns(strict))).strictAlignment).toBe(true)
    const exact = dns(strict)
    await verify(await sign(mail, 'corp.com'), exact)
    expect(exact.asked).toEqual(['s._domainkey.corp.com'])
  })
})

describe('ARC', () => {
  test('a chain is verified and what its first sealer saw is told', async () => {
    const sealed = await seal(mail, 'list.org', 'mx.list.org; dmarc=pass header.from=corp.com')
    expect((await verify(sealed)).arc).toEqual({
      result: 'pass',
      sealers: ['list.org'],
      firstResults: expect.stringMatching(/^\s*mx\.list\.org;\s*dmarc=pass header\.from=corp\.com\s*$/),
    })
  })

  test('a second sealer is told, and a changed mail fails', async () => {
    const first = await seal(mail, 'list.org', 'mx.list.org; dmarc=pass')
    const second = await seal(first, 'evil.org', 'mx.evil.org; dmarc=pass', { cv: 'pass' })
    expect((await verify(second)).arc).toMatchObject({ result: 'pass', sealers: ['list.org', 'evil.org'] })
    expect((await verify(second.replace('turn', 'burn'))).arc.result).toBe('fail')
    expect((await verify(second.replace('dmarc=pass', 'dmarc=fail'))).arc.result).toBe('fail')
  })

  test('is not looked at when nobody is trusted to seal', async () => {
    const sealed = await seal(mail, 'list.org', 'mx.list.org; dmarc=pass')
    expect((await verify(sealed, dns(), { trustedArcSealers: [] })).arc.result).toBe('none')
  })
})

describe('what it may cost', () => {
  test('a thousand signatures of different lengths are not looked at', async () => {
    const signatures = Array.from(
      { length: 1000 },
      (_, l) =>
        `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=corp.com; s=k${l}; h=from; l=${l}; bh=AAAA; b=AAAA\r\n`,
    ).join('')
    const resolve = dns()
    const report = await verify(signatures + mail, resolve, { headerBytes: 1_000_000 })
    expect(report).toMatchObject({ dkim: [], troubles: ['1000 DKIM-Signature fields, at most 10'] })
    expect(resolve.asked).toEqual([])
  })

  test('three lengths, and a line without an end, are not looked at', async () => {
    const lengths = [1, 2, 3].map(
      (l) => `DKIM-Signature: v=1; d=corp.com; s=k; h=from; bh=A;\r\n l=${l}; b=A\r\n`,
    )
    expect((await verify(lengths.join('') + mail)).troubles).toEqual([
      '3 signatures with a length, at most 2',
    ])
    const endless = `From: a@corp.com\r\n\r\n${' '.repeat(300_000)}`
    expect((await verify(endless)).troubles).toEqual(['a line is longer than 262144 bytes'])
  })

  test('lines that a line feed alone ends are lines', async () => {
    const signed = await sign(mail, 'corp.com')
    expect((await verify(signed.replaceAll('\r\n', '\n'))).dkim[0]?.result).toBe('pass')
  })

  test('a header section without an end is not read on', async () => {
    expect((await verify('X: y\r\n'.repeat(50_000))).troubles).toEqual([
      'the header section is larger than 100000 bytes',
    ])
  })

  test('signatures and seals ask few questions', async () => {
    let text = await sign(mail, 'corp.com')
    for (let index = 0; index < 9; index += 1) text = await sign(text, `d${index}.org`)
    for (let index = 0; index < 8; index += 1)
      text = await seal(text, `s${index}.org`, 'mx; none', index === 0 ? {} : { cv: 'pass' })
    const resolve = dns()
    const report = await verify(text, resolve)
    expect(resolve.asked.length).toBe(15)
    expect(report.troubles.some((trouble) => trouble.includes('ETOOMANY'))).toBe(true)
  })

  test('only keys and policies are asked for', async () => {
    const resolve = dns()
    const ask = dnsForOneMail(resolve)
    await expect(ask('secret.evil.org', 'TXT')).rejects.toMatchObject({ code: 'EBADNAME' })
    await expect(ask('_dmarc.corp.com', 'A')).rejects.toMatchObject({ code: 'EBADNAME' })
    await expect(ask(`${'x'.repeat(250)}._domainkey.corp.com`, 'TXT')).rejects.toMatchObject({
      code: 'EBADNAME',
    })
    expect(resolve.asked).toEqual([])
  })
})

test('an error of the source is thrown on', async () => {
  async function* broken() {
    yield Buffer.from('From: a@corp.com\r\n')
    throw new Error('the disk is gone')
  }
  await expect(verifySignatures(broken(), order, dns())).rejects.toThrow('the disk is gone')
})
