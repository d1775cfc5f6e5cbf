// A second opinion on who wrote a mail and how many files it brings. The two parsers read broken mail differently on
// purpose, so that a difference is something to look at, not a failure.
import type { ParsedEmail } from '@maildesk/core'
import PostalMime from 'postal-mime'

/** The kinds of difference between our reading and postal-mime's; none when they agree. */
export async function differencesFromPostalMime(email: ParsedEmail, raw: Uint8Array): Promise<string[]> {
  let theirs: Awaited<ReturnType<typeof PostalMime.parse>>
  try {
    theirs = await PostalMime.parse(raw)
  } catch (error) {
    return [`postal-mime refuses: ${(error as Error).message.slice(0, 60)}`]
  }
  return [
    fromDifference(email.from[0]?.address ?? '', theirs.from?.address ?? ''),
    countDifference(email.parts.length, theirs.attachments.length),
  ].filter((difference) => difference !== undefined)
}

function fromDifference(ours: string, theirs: string): string | undefined {
  if (ours.toLowerCase() === theirs.toLowerCase()) return undefined
  if (ours === '') return 'From: only postal-mime has one'
  return theirs === '' ? 'From: only we have one' : 'From: another address'
}

function countDifference(ours: number, theirs: number): string | undefined {
  if (ours === theirs) return undefined
  return ours > theirs ? 'attachments: we have more' : 'attachments: postal-mime has more'
}
