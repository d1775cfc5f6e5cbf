// The rules must catch what they are there for: each row spoils one thing in what came out of a good mail.
import { explanationOf } from '@maildesk/cli'
import type { BlobKey, ParsedEmail } from '@maildesk/core'
import { anEmail } from '@maildesk/testkit'
import { describe, expect, it } from 'vitest'
import { type Explanation, type Judged, judge, judgeWords } from './judge-mail.ts'
import { charsets } from './mails/charsets.ts'
import { memoryBlobs } from './memory-blobs.ts'

const german = charsets.findIndex(({ label }) => label === 'iso-8859-1')
const blobs = memoryBlobs()

const text = 'word1 Grüße für Zoë\n> before\n-- \nme'

async function judged(of: Partial<ParsedEmail> = {}, spoilt: Partial<Explanation> = {}): Promise<Judged> {
  const raw = Buffer.from('Subject: x\r\n\r\nword1 Grüße für Zoë')
  const stored = await blobs.put([raw])
  const email = { ...anEmail(), text, ...readUpTo(of.text?.length ?? text.length), ...of }
  const outcome = { ok: true as const, email }
  const explanation = { ...explanationOf('-', stored, outcome), ...spoilt } as Explanation
  return { raw, outcome, explanation, bytesOf: blobs.bytesOf }
}

/** The text as one range that ends at `end`. */
const readUpTo = (end: number): Partial<ParsedEmail> => ({
  reply: { ranges: [{ kind: 'reply', start: 0, end }], htmlRanges: null, reasons: [] },
})

const kinds = (findings: readonly { kind: string }[]) => [...new Set(findings.map(({ kind }) => kind))]

describe('judge', () => {
  it('finds nothing wrong with a good mail', async () => {
    const good = await judged()
    expect(judge(good)).toEqual([])
    expect(judgeWords(good, [{ word: 'word1', inCharset: true }], german)).toEqual([])
  })

  it.each([
    ['shape', { date: 'yesterday' }],
    ['shape', { text: 'half \ud800', reply_text: 'half \ud800' }],
    ['shape', { subject: undefined as unknown as string }],
    ['shape', { more: 1 } as object],
    ['raw-changed', { sha256: 'f'.repeat(64) as BlobKey }],
    ['not-partitioned', { reply_text: 'word1 Grüße für Zoë', quoted_text: '> before' as never }],
  ])('finds %s in %j', async (kind, spoilt) => {
    expect(kinds(judge(await judged({}, spoilt)))).toContain(kind)
  })

  it('finds parts that were not kept, and two in one place', async () => {
    const { key } = await blobs.put([Buffer.from('bytes')])
    const part = {
      path: '2',
      filename: 'a',
      contentType: 'a/b',
      size: 5,
      blob: key,
    } as ParsedEmail['parts'][0]
    expect(kinds(judge(await judged({ parts: [part, part] })))).toContain('part-path-twice')
    expect(kinds(judge(await judged({ parts: [{ ...part, size: 6 }] })))).toContain('part-not-kept')
  })

  it('finds a reading with a gap, and one that ends too early', async () => {
    const gap = readUpTo(text.length)
    const late = { ...gap.reply, ranges: [{ kind: 'reply' as const, start: 3, end: text.length }] }
    expect(kinds(judge(await judged(readUpTo(5))))).toContain('not-partitioned')
    expect(kinds(judge(await judged({ reply: late as ParsedEmail['reply'] })))).toContain('not-partitioned')
  })

  it('finds children that die and errors that nobody expected', async () => {
    const good = await judged()
    for (const failure of ['crashed', 'timed-out', 'out-of-memory', 'unparseable'] as const)
      expect(kinds(judge({ ...good, outcome: { ok: false, failure, detail: '' } }))).toEqual([failure])
  })

  it('finds planted words and characters that are gone', async () => {
    const leaves = [{ word: 'word2', inCharset: true }]
    expect(kinds(judgeWords(await judged({ text: 'Gr??e' }), leaves, german))).toEqual([
      'word-lost',
      'phrase-lost',
    ])
  })
})
