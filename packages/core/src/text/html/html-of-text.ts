// Plain text as HTML for a mail: escaped, in paragraphs, with its links. Nothing of it is markup.

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Web addresses longer than this stay words. */
const maxLink = 2000

/** Text that may stand between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** The text in `<p>`: empty lines part paragraphs, other line ends are `<br>`, indents stay. */
export function htmlOfText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[ \t]{0,200}\n)+/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map(
      (paragraph) =>
        `<p>${paragraph.replace(/^\n+/, '').trimEnd().split('\n').map(lineOf).join('<br>\n')}</p>`,
    )
    .join('\n')
}

function lineOf(line: string): string {
  const words = line.replaceAll('\t', '    ').split(/( +)/)
  return words
    .map((word, at) =>
      word.startsWith(' ') ? spaces(word.length, at === 1 && words[0] === '') : wordOf(word),
    )
    .join('')
}

/** Several spaces, or those a line begins with, stay as wide as they are. */
function spaces(count: number, atStart: boolean): string {
  return atStart || count > 1 ? `${'&nbsp;'.repeat(count - 1)}${atStart ? '&nbsp;' : ' '}` : ' '
}

/** Marks that end a sentence are not part of an address. */
function wordOf(word: string): string {
  const opening = /^[<([{"'*_]{0,5}/.exec(word)?.[0] ?? ''
  const rest = word.slice(opening.length)
  if (!/^https?:\/\/[^\s]/i.test(rest) || rest.length > maxLink) return escapeHtml(word)
  const address = withoutClosing(rest)
  const link = escapeHtml(address)
  return `${escapeHtml(opening)}<a href="${link}">${link}</a>${escapeHtml(rest.slice(address.length))}`
}

function withoutClosing(address: string): string {
  let end = address.length
  while (end > 0 && '>)]}"\'*_.,;:!?'.includes(address.charAt(end - 1))) end -= 1
  return address.slice(0, end)
}
