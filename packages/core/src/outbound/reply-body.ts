// The two bodies of a reply, text and HTML, which say the same: the words, the signature, our token, and what was said
// before. The token's line and attribute tell our mail apart in an answer to it, and bring that answer back.
import { escapeHtml, htmlOfText } from '../text/html/html-of-text.ts'
import { refLine } from '../text/reply/boundary-lines.ts'
import { attributionLine } from './attribution-line.ts'

/** A public message that is quoted. */
export interface QuotedMessage {
  readonly writtenAt: Date
  readonly writer: string
  readonly text: string
  /** Already safe; null when the text says it all. */
  readonly html: string | null
}

export interface ReplyBody {
  readonly text: string
  readonly signature: string
  /** Instead of the text's; '' to make it of that. */
  readonly signatureHtml: string
  readonly token: string
  readonly language: string
  /** Newest first. */
  readonly history: readonly QuotedMessage[]
}

/** Mail programs draw a line beside what is cited; those without a style of their own need one. */
const quoteStyle = 'margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex'

export function replyText({ text, signature, token, language, history }: ReplyBody): string {
  const quotes = history.map((quoted) => `${attributionOf(quoted, language)}\n${quote(quoted.text)}`)
  return `${[
    text.trimEnd(),
    ...(signature === '' ? [] : [`-- \n${signature.trimEnd()}`]),
    refLine(token),
    ...quotes,
  ].join('\n\n')}\n`
}

/** The element with the token holds all of it: in an answer, what is inside is what we wrote. */
export function replyHtml({ text, signature, signatureHtml, token, language, history }: ReplyBody): string {
  const signed =
    signatureHtml || (signature === '' ? '' : `<p>-- <br>\n${htmlOfText(signature).replace(/^<p>/, '')}`)
  const quotes = history.map(
    (quoted) =>
      `<p>${escapeHtml(attributionOf(quoted, language))}</p>\n` +
      `<blockquote type="cite" style="${quoteStyle}">${quoted.html ?? htmlOfText(quoted.text)}</blockquote>`,
  )
  return `${[
    `<div class="maildesk-boundary" data-ref="${escapeHtml(token)}">`,
    htmlOfText(text),
    ...(signed === '' ? [] : [`<div class="maildesk-signature">${signed}</div>`]),
    ...quotes,
    '</div>',
  ].join('\n')}\n`
}

function attributionOf({ writtenAt, writer }: QuotedMessage, language: string): string {
  return attributionLine(language, writtenAt, writer)
}

function quote(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .trim()
    .split('\n')
    .map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n')
}
