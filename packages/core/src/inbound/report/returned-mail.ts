// Where a report ends and the mail it returns begins, and which mail that was.

/** Phrases of the lines that announce the returned mail; a line counts without its dashes, bars and blanks. */
const announcements = [
  'original message follows',
  'original message headers',
  'message headers follow',
  'original message',
  'original mail',
  'unsent message',
  'returned message',
  'returned mail',
  'undelivered message',
  'message text follows',
  'message header follows',
  'copy of the message',
  'copy of the original message',
  'copy of your message',
  'header of the original message',
  'contents of the undelivered mail',
  'below this line is a copy',
  'your message reads',
  'mensaje original',
  'message d’origine',
  'message d’origine',
  'ursprüngliche nachricht',
  'the first 50 lines of the original message',
]
/** The same, wherever the line has more to say. */
const leads = [
  'this is a copy of the message',
  'below this line is a copy',
  'below is a copy of the original',
  'included is a copy of the message',
  'enclosed is a copy of the message',
  'the header of the original message',
  'original message follows',
  'your message reads (in part)',
]
const firstFields =
  /^(?:>[ \t]?)?[ \t]{0,4}(?:received|return-path|dkim-signature|x-google-smtp-source)[ \t]?:/i
const framed = /^[\s\-=_*|#>]{2,100}/

/** Index of the first line of the returned mail, or of the line that announces it; the number of lines when none does. */
export function returnedAt(lines: readonly string[]): number {
  const at = lines.findIndex((line) => announces(line) || firstFields.test(line))
  return at < 0 ? lines.length : at
}

function announces(line: string): boolean {
  if (line.length > 200) return false
  const text = line.trim().toLowerCase()
  if (leads.some((lead) => text.includes(lead))) return true
  const bare = text.replace(/^[\s\-=_*|#]{1,200}/, '')
  return framed.test(text) && announcements.some((phrase) => bare.startsWith(phrase))
}

const idField = /^[ \t>]{0,8}message-id[ \t]?:[ \t]{0,8}(.*)$/i

/** The Message-ID in a header section or in what is left of one, without brackets; null when there is none. */
export function messageIdIn(lines: readonly string[]): string | null {
  for (const [index, line] of lines.entries()) {
    const found = idField.exec(line.slice(0, 1_200))
    if (!found) continue
    const id = idIn(`${found[1]} ${/^[ \t]/.test(lines[index + 1] ?? '') ? lines[index + 1] : ''}`)
    if (id) return id
  }
  return null
}

/** The first `<id>` of a short text, or all of it when it is one word with an at-sign; without brackets. */
export function idIn(text: string): string | null {
  const value = text.slice(0, 2_400).trim()
  const bracketed = /<([^<>\s]{1,998})>/.exec(value)?.[1]
  if (bracketed) return bracketed
  return /^[^<>\s]{1,998}$/.test(value) && value.includes('@') ? value : null
}
