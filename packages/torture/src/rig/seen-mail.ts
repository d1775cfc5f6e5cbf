// What the SMTP sink took, as the checker reads it.
import type { SinkTransaction } from '@maildesk/testkit'
import type { Seen } from '../contracts.ts'

export function seenMail({ raw, recipients, finalReply, at }: SinkTransaction): Seen {
  const head = headOf(raw)
  const automatic = fieldOf(head, 'Auto-Submitted')
  return {
    rfc822Id: idOf(fieldOf(head, 'Message-ID')) ?? '',
    recipients,
    isAutomatic: automatic !== undefined && automatic.toLowerCase() !== 'no',
    inReplyTo: idOf(fieldOf(head, 'In-Reply-To')) ?? null,
    finalReply: finalReply ?? null,
    at: at.getTime(),
  }
}

function headOf(raw: Buffer): string {
  const end = raw.indexOf('\r\n\r\n')
  return raw
    .subarray(0, end < 0 ? raw.length : end)
    .toString('latin1')
    .replace(/\r\n[ \t]+/g, ' ')
}

/** A field of our own mail, which is well formed. */
function fieldOf(head: string, name: string): string | undefined {
  const start = `${name.toLowerCase()}:`
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(start))
  return line?.slice(start.length).trim()
}

function idOf(field: string | undefined): string | undefined {
  return field === undefined ? undefined : /<([^>]*)>/.exec(field)?.[1] // regex-bounded: one field of our own mail
}
