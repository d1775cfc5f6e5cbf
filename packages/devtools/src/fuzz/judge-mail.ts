// What must hold for every mail, whatever is in it. Pure: gets what came out and says what is wrong with it.
import { createHash } from 'node:crypto'
import type { explanationOf } from '@maildesk/cli'
import type { BlobKey, ParseOutcome } from '@maildesk/core'
import { faultsOf } from './explanation-shape.ts'
import { charsets } from './mails/charsets.ts'
import type { Leaf } from './mails/mail-writer.ts'

export type Explanation = ReturnType<typeof explanationOf>

/** A rule that did not hold; `kind` is one of few, so that findings can be counted. */
export interface Finding {
  readonly kind: string
  readonly detail: string
}

export interface Judged {
  readonly raw: Uint8Array
  readonly outcome: ParseOutcome
  readonly explanation: Explanation
  readonly bytesOf: (key: BlobKey) => Uint8Array | undefined
}

/** What is wrong with what was made of a mail, planted words aside. */
export function judge({ raw, outcome, explanation, bytesOf }: Judged): Finding[] {
  const printed = JSON.parse(JSON.stringify(explanation)) as Explanation
  return [
    // A limit is a known end; every other way not to understand a mail is a fault of ours.
    ...(outcome.ok || outcome.failure === 'limit-exceeded' ? [] : [finding(outcome.failure, outcome.detail)]),
    ...faultsOf(printed).map((fault) => finding('shape', fault)),
    ...keptFaults(raw, printed, bytesOf),
    ...partitionFaults(printed),
    ...(outcome.ok ? [...partFaults(outcome, bytesOf), ...readingFaults(outcome)] : []),
  ]
}

/** Planted words and phrases that are nowhere in the texts and files of an unharmed mail. */
export function judgeWords(judged: Judged, leaves: readonly Leaf[], charset: number): Finding[] {
  const missing = unseenWords(judged, leaves).map((word) => finding('word-lost', word))
  const phrase = charsets[charset]?.phrase ?? ''
  const { outcome } = judged
  const shown = outcome.ok ? `${outcome.email.text}\n${outcome.email.html ?? ''}` : ''
  return leaves.some((leaf) => leaf.inCharset) && !shown.includes(phrase)
    ? [...missing, finding('phrase-lost', `${phrase} is not in ${JSON.stringify(shown.slice(0, 200))}`)]
    : missing
}

/** Words that are neither in the text, nor in the HTML, nor in a stored part. */
export function unseenWords({ outcome, bytesOf }: Judged, leaves: readonly Leaf[]): string[] {
  if (!outcome.ok) return []
  const { text, html, parts } = outcome.email
  const files = parts.map(({ blob }) => Buffer.from(bytesOf(blob) ?? []).toString('latin1'))
  return leaves
    .map(({ word }) => word)
    .filter(
      (word) => !text.includes(word) && !html?.includes(word) && !files.some((file) => file.includes(word)),
    )
}

function keptFaults(raw: Uint8Array, explanation: Explanation, bytesOf: Judged['bytesOf']): Finding[] {
  const kept = bytesOf(explanation.sha256)
  if (kept && Buffer.compare(kept, raw) === 0 && sha256(raw) === explanation.sha256) return []
  return [finding('raw-changed', `${explanation.sha256} is not what came`)]
}

/** The ranges of a reading follow each other without a gap, from the first unit of what was read to the last. */
function readingFaults({ email }: Extract<ParseOutcome, { ok: true }>): Finding[] {
  const { ranges, htmlRanges } = email.reply
  return [
    ...rangeFaults('text', email.text, ranges),
    ...(email.html !== null && htmlRanges !== null ? rangeFaults('HTML', email.html, htmlRanges) : []),
  ]
}

function rangeFaults(
  name: string,
  text: string,
  ranges: readonly { start: number; end: number }[],
): Finding[] {
  const starts = [...ranges.map(({ start }) => start), text.length]
  const ends = [0, ...ranges.map(({ end }) => end)]
  const at = starts.findIndex((start, index) => start !== ends[index])
  const empty = ranges.findIndex(({ start, end }) => start >= end)
  if (at < 0 && empty < 0) return []
  return [
    finding('not-partitioned', `${name} of ${text.length} units in ${JSON.stringify(ranges.slice(0, 10))}`),
  ]
}

/** Reply, quote and signature together are the text: no letter more, none less. */
function partitionFaults({ text, reply_text, quoted_text, signature_text }: Explanation): Finding[] {
  if (reply_text === text && !quoted_text && !signature_text) return []
  const counts = new Map<string, number>()
  countLetters(text, counts, 1)
  for (const piece of [reply_text, quoted_text, signature_text]) countLetters(piece ?? '', counts, -1)
  const off = [...counts].filter(([, count]) => count !== 0)
  if (off.length === 0) return []
  const [letter, count] = off[0] as [string, number]
  return [
    finding(
      'not-partitioned',
      `${JSON.stringify(letter)} is ${count} times more often in the text than in its pieces`,
    ),
  ]
}

/** White space aside; pieces may come in another order than in the text. */
function countLetters(text: string, counts: Map<string, number>, by: 1 | -1): void {
  for (const letter of text.replace(/\s+/g, '')) counts.set(letter, (counts.get(letter) ?? 0) + by)
}

/** Characters that the column of a part's place holds. */
const maxPathLength = 100

function partFaults({ email }: Extract<ParseOutcome, { ok: true }>, bytesOf: Judged['bytesOf']): Finding[] {
  const paths = email.parts.map(({ path }) => path)
  return [
    ...(new Set(paths).size === paths.length ? [] : [finding('part-path-twice', paths.join(' '))]),
    ...paths.filter((path) => path.length > maxPathLength).map((path) => finding('part-path-long', path)),
    ...email.parts
      .filter(({ blob, size }) => bytesOf(blob)?.length !== size)
      .map(({ path }) => finding('part-not-kept', path)),
  ]
}

function finding(kind: string, detail: string): Finding {
  return { kind, detail: detail.slice(0, 500) }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
