import { createHash } from 'node:crypto'
import { type BlobKey, classifyEmail, contentHash, type ParsedEmail, type ParseOutcome } from '@maildesk/core'
import { defaultParseLimits, parseEmail, readHeaderSection } from '@maildesk/mail'
import { beforeAll, describe, expect, test } from 'vitest'
import { type GeneratedMail, type MailKind, mailKinds, makeMails } from './index.ts'

const plan = { seed: 7, count: 150, to: 'support@desk.test' }
const mails = makeMails(plan)
const outcomes = new Map<number, ParseOutcome>()

async function parse(raw: Buffer): Promise<ParseOutcome> {
  const sink = {
    async put(bytes: AsyncIterable<Uint8Array>) {
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(chunk)
      const all = Buffer.concat(chunks)
      return { key: createHash('sha256').update(all).digest('hex') as BlobKey, size: all.length }
    },
  }
  return parseEmail(
    (async function* () {
      yield raw
    })(),
    sink,
    defaultParseLimits,
  )
}

function read({ index }: GeneratedMail): ParsedEmail {
  const outcome = outcomes.get(index)
  if (!outcome?.ok) throw new Error(`mail ${index} could not be read: ${outcome?.detail}`)
  return outcome.email
}

const ofKind = (...kinds: MailKind[]) => mails.filter(({ kind }) => kinds.includes(kind))
const poison = ofKind('too-many-parts', 'too-deep')
const readable = mails.filter((mail) => !poison.includes(mail))

beforeAll(async () => {
  for (const mail of mails) outcomes.set(mail.index, await parse(mail.raw))
})

describe('made mail', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(makeMails(plan).every(({ raw }, index) => mails[index]?.raw.equals(raw))).toBe(true)
    expect(makeMails({ ...plan, seed: 8 })[0]?.raw.equals(mails[0]?.raw as Buffer)).toBe(false)
  })

  test('is of every kind, a third of it replies', () => {
    expect(new Set(mails.map(({ kind }) => kind))).toEqual(new Set(mailKinds))
    expect(ofKind('reply').length).toBeGreaterThan(45)
  })

  test('is only of the kinds that a story wants', () => {
    const few = makeMails({ ...plan, count: 12, shape: ['plain', 'reply'] })
    expect(new Set(few.map(({ kind }) => kind))).toEqual(new Set(['plain', 'reply']))
    expect(few.flatMap(({ attachments }) => attachments)).toEqual([])
    expect(() => makeMails({ ...plan, shape: ['reply'] })).toThrow('opens something')
  })

  test('bears its mark in the subject as the ledger row and as the parser read it', () => {
    for (const mail of mails)
      expect(readHeaderSection(mail.raw).subject.replace(/\s+/g, ' ')).toContain(mail.mark)
    for (const mail of readable) expect(read(mail).subject).toContain(mail.mark)
  })

  test('bears its mark in the text, unless there is none', () => {
    const empty = ofKind('empty').map(({ mark }) => mark)
    for (const mail of readable) {
      if (empty.includes(mail.mark)) expect(read(mail).text.trim()).toBe('')
      else expect(read(mail).text).toContain(mail.mark)
    }
  })

  test('is from whom it says, to the desk, with the Message-ID it says', () => {
    for (const mail of readable) {
      const { from, to, messageId } = read(mail)
      expect(from.map(({ address }) => address)).toEqual([mail.from])
      expect(to.map(({ address }) => address)).toEqual([plan.to])
      expect(messageId).toBe(mail.messageId)
    }
  })

  test('answers a mail of the same conversation that came before', () => {
    for (const reply of ofKind('reply')) {
      const { inReplyTo, references } = read(reply)
      const parent = mails.find(({ messageId }) => messageId !== null && messageId === inReplyTo[0])
      expect(parent?.index).toBeLessThan(reply.index)
      expect(parent?.rootMark).toBe(reply.rootMark)
      expect(references.at(-1)).toBe(inReplyTo[0])
      const root = mails.find(({ mark }) => mark === reply.rootMark)
      expect(references[0]).toBe(root?.messageId)
    }
  })

  test('has the attachments it says, byte for byte, some of them in other mails too', () => {
    for (const mail of readable.filter(({ kind }) => kind !== 'bounce')) {
      const parts = read(mail).parts.map(({ filename, blob, size }) => ({ filename, sha256: blob, size }))
      expect(parts).toEqual(mail.attachments)
    }
    const hashes = ofKind('attachments').flatMap(({ attachments }) => attachments.map(({ sha256 }) => sha256))
    expect(new Set(hashes).size).toBeLessThan(hashes.length)
    expect(mails.some(({ attachments }) => attachments.length > 2)).toBe(true)
  })

  test('is the same content only where it is delivered once more', () => {
    const hashes = readable.filter(({ kind }) => kind !== 'duplicate').map((mail) => contentHash(read(mail)))
    expect(new Set(hashes).size).toBe(hashes.length)
    for (const copy of ofKind('duplicate')) {
      const first = mails.find(({ mark, kind }) => mark === copy.mark && kind !== 'duplicate')
      expect(first?.raw.equals(copy.raw)).toBe(true)
      expect(first?.index).toBeLessThan(copy.index)
      expect(copy.expects).toBe('duplicate')
    }
  })

  test('takes the Message-ID of a mail that nobody answers, with other content', () => {
    const reused = ofKind('reused-message-id')
    expect(reused.length).toBeGreaterThan(0)
    for (const { messageId, mark, expects } of reused) {
      expect(
        mails.filter((mail) => mail.messageId === messageId && mail.mark !== mark).length,
      ).toBeGreaterThan(0)
      expect(
        mails.some((mail) => mail.kind === 'reply' && read(mail).references.includes(messageId as never)),
      ).toBe(false)
      expect(expects).toBe('filed')
    }
  })

  test('is a person’s, or is known as a machine’s', () => {
    for (const mail of readable)
      expect([mail.kind, classifyEmail(read(mail)).mayAnswer]).toEqual([mail.kind, !mail.isAutomatic])
    for (const mail of ofKind('bounce')) expect(classifyEmail(read(mail)).kind).toBe('bounce')
    for (const mail of ofKind('auto-reply')) expect(classifyEmail(read(mail)).kind).toBe('auto_reply')
    for (const mail of ofKind('auto-generated')) expect(classifyEmail(read(mail)).kind).toBe('auto_generated')
  })

  test('exceeds a limit of the parser where it is poison', () => {
    expect(poison.length).toBeGreaterThan(1)
    for (const { index, expects } of poison) {
      expect(outcomes.get(index)).toMatchObject({ ok: false, failure: 'limit-exceeded' })
      expect(expects).toBe('quarantined')
    }
  })

  test('is large, and long in its header, where it is to be', () => {
    for (const { raw } of ofKind('large')) {
      expect(raw.length).toBeGreaterThan(280 * 1024)
      expect(raw.length).toBeLessThan(1200 * 1024)
    }
    for (const { raw } of ofKind('long-header')) expect(raw.indexOf('\r\n\r\n')).toBeGreaterThan(12 * 1024)
  })
})
