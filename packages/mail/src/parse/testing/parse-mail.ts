// Mails for tests of the parser, and what became of them.
import { createHash } from 'node:crypto'
import type { BlobKey, ParsedEmail, ParsedPart } from '@maildesk/core'
import { defaultParseLimits, type ParseLimits } from '../limits.ts'
import { parseEmail } from '../parse-email.ts'
import type { PartSink } from '../part-sink.ts'

export type KeptEmail = ParsedEmail & { readonly kept: ReadonlyMap<string, Buffer> }

/** Parses a mail that can be; `kept` are its stored parts by their key. A string is taken as Latin-1. */
export async function parsed(raw: string | Buffer, limits: Partial<ParseLimits> = {}): Promise<KeptEmail> {
  const kept = new Map<string, Buffer>()
  const sink: PartSink = {
    async put(bytes) {
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(chunk)
      const all = Buffer.concat(chunks)
      const key = createHash('sha256').update(all).digest('hex') as BlobKey
      kept.set(key, all)
      return { key, size: all.length }
    },
  }
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw
  const outcome = await parseEmail(pieces(bytes), sink, { ...defaultParseLimits, ...limits })
  if (!outcome.ok) throw new Error(`${outcome.failure}: ${outcome.detail}`)
  return { ...outcome.email, kept }
}

async function* pieces(raw: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < raw.length; at += 60_013) yield raw.subarray(at, at + 60_013)
}

export const crlf = (...lines: string[]) => lines.join('\r\n')

/** A mail of several parts; each part is its header section, an empty line and its body. */
export function multipart(subtype: string, ...parts: string[]): string {
  return crlf(
    'Subject: a mail',
    `Content-Type: multipart/${subtype}; boundary=outer`,
    '',
    ...parts.flatMap((part) => ['--outer', part]),
    '--outer--',
    '',
  )
}

export const codes = (email: ParsedEmail) => email.warnings.map(({ code }) => code)

/** The bytes of a part that was stored, as Latin-1. */
export function bytesOf(email: KeptEmail, part: ParsedPart | undefined): string {
  return email.kept.get(part?.blob ?? '')?.toString('latin1') ?? ''
}
