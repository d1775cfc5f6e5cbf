// How mail programs mark quotes and signatures in HTML: by classes, ids and a few attributes of elements.

export interface HtmlElement {
  /** Lower case. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface HtmlMark {
  readonly kind: 'quote' | 'signature'
  readonly rule: string
  /** All that follows belongs to it, not only what stands inside the element. */
  readonly toEnd: boolean
}

interface MarkRow {
  readonly rule: string
  readonly kind: 'quote' | 'signature'
  readonly toEnd?: true
  /** Any of these classes, ids or names; lower case, a trailing `*` takes any ending. */
  readonly words?: readonly string[]
  readonly when?: (element: HtmlElement) => boolean
}

/** THE TABLE: a row a mail program. */
const rows: readonly MarkRow[] = [
  {
    rule: 'maildesk-boundary',
    kind: 'quote',
    toEnd: true,
    words: ['maildesk-boundary'],
  },
  {
    rule: 'gmail-quote',
    kind: 'quote',
    words: ['gmail_quote', 'gmail_quote_container'],
    when: ({ name }) => name === 'div',
  },
  { rule: 'gmail-attribution', kind: 'quote', words: ['gmail_attr'] },
  { rule: 'gmail-signature', kind: 'signature', words: ['gmail_signature', 'gmail_signature_prefix'] },
  { rule: 'outlook-reply-block', kind: 'quote', toEnd: true, words: ['divrplyfwdmsg', 'appendonsend'] },
  {
    rule: 'outlook-mobile-reference',
    kind: 'quote',
    words: ['ms-outlook-mobile-reference-message', 'mail-editor-reference-message-container'],
  },
  { rule: 'outlook-mobile-signature', kind: 'signature', words: ['ms-outlook-mobile-signature'] },
  {
    rule: 'outlook-web-signature',
    kind: 'signature',
    when: ({ attributes }) => attributes.id === 'Signature',
  },
  { rule: 'outlook-mac-body', kind: 'quote', words: ['olk_src_body_section'] },
  { rule: 'outlook-border', kind: 'quote', toEnd: true, when: isOutlookBorder },
  { rule: 'thunderbird-attribution', kind: 'quote', words: ['moz-cite-prefix', 'moz-forward-container'] },
  { rule: 'thunderbird-signature', kind: 'signature', words: ['moz-signature'] },
  {
    rule: 'cited-blockquote',
    kind: 'quote',
    when: ({ name, attributes }) =>
      name === 'blockquote' && (attributes.type === 'cite' || attributes.cite !== undefined),
  },
  { rule: 'apple-signature', kind: 'signature', words: ['applemailsignature', 'apple-mail-signature'] },
  {
    rule: 'yahoo-quote',
    kind: 'quote',
    words: ['yahoo_quoted*', 'yqtdbase', 'yiv*yahoo_quoted', 'ymail_android_signature_quote'],
  },
  { rule: 'yahoo-signature', kind: 'signature', words: ['ymail_android_signature', 'yahoo-signature'] },
  { rule: 'proton-quote', kind: 'quote', words: ['protonmail_quote', 'proton-mail-quote', 'tutanota_quote'] },
  { rule: 'proton-signature', kind: 'signature', words: ['protonmail_signature_block'] },
  {
    rule: 'zimbra-quote',
    kind: 'quote',
    when: ({ attributes }) => attributes['data-marker'] === '__QUOTED_TEXT__',
  },
  {
    rule: 'zimbra-divider',
    kind: 'quote',
    toEnd: true,
    when: ({ attributes }) =>
      attributes['data-marker'] === '__DIVIDER__' || (attributes.id ?? '').toLowerCase() === 'zwchr',
  },
  {
    rule: 'zimbra-signature',
    kind: 'signature',
    when: ({ attributes }) =>
      attributes['data-marker'] === '__SIG_POST__' || attributes['data-marker'] === '__SIG_PRE__',
  },
  { rule: 'front-quote', kind: 'quote', words: ['front-blockquote'] },
  { rule: 'front-signature', kind: 'signature', words: ['front-signature'] },
  { rule: 'zendesk-quote', kind: 'quote', words: ['zd-quote', 'zd_quote', 'quotedreply'] },
  { rule: 'freshdesk-quote', kind: 'quote', words: ['freshdesk_quote'] },
  { rule: 'helpscout-quote', kind: 'quote', words: ['hs_reply', 'hs-quote', 'helpscout-quote'] },
  { rule: 'intercom-quote', kind: 'quote', words: ['intercom_quote', 'intercom-quote'] },
  { rule: 'hubspot-quote', kind: 'quote', words: ['hs_quote', 'hse-quote'] },
  { rule: 'missive-quote', kind: 'quote', words: ['missive_quote', 'missive_quoted_html_*'] },
  { rule: 'spark-quote', kind: 'quote', words: ['messagereplysection'] },
  { rule: 'spark-signature', kind: 'signature', words: ['messagesignaturesection'] },
  { rule: 'superhuman-quote', kind: 'quote', words: ['sh-quoted-content', 'sh-quoted-text'] },
  { rule: 'superhuman-signature', kind: 'signature', words: ['sh-signature'] },
  { rule: 'hey-quote', kind: 'quote', words: ['trix-content__quote', 'hey-quote'] },
  { rule: 'polymail-quote', kind: 'quote', words: ['polymail-quote', 'pm-quote'] },
  {
    rule: 'fastmail-quote',
    kind: 'quote',
    words: ['qt', 'fm-quote'],
    when: (element) => element.name === 'blockquote',
  },
  {
    rule: 'mail-ru-quote',
    kind: 'quote',
    words: ['mail-app-auto-quote', 'mailru-blockquote', 'mail_ru_quote', 'mr-quote'],
  },
  {
    rule: 'qq-quote',
    kind: 'quote',
    toEnd: true,
    words: ['origbody', 'qqmail_original', 'xm_original_content', 'mailmasterquote'],
  },
  {
    rule: 'netease-quote',
    kind: 'quote',
    words: ['isreplycontent', 'isforwardcontent', 'ntes-mailmaster-quote'],
  },
  {
    rule: 'gmx-quote',
    kind: 'quote',
    when: ({ name, attributes }) => name === 'div' && attributes.name === 'quote',
  },
  { rule: 'notes-quote', kind: 'quote', words: ['domino-section-quote', 'history_container'] },
  {
    rule: 'sogo-quote',
    kind: 'quote',
    words: ['cke_quoted', 'reply-original', 'mail-quote-collapse', 'quoted-message', 'mailquote'],
  },
  { rule: 'windows-mail-quote', kind: 'quote', words: ['mailoriginal'] },
]

/** UTF-16 units of one attribute that are read. */
const maxAttribute = 1000

const rowOfWord = new Map(
  rows.flatMap((row) =>
    (row.words ?? []).filter((word) => !word.includes('*')).map((word) => [word, row] as const),
  ),
)
const rowsWithStars = rows.filter(({ words = [] }) => words.some((word) => word.includes('*')))
const rowsByLook = rows.filter(({ words, when }) => words === undefined && when !== undefined)

/** What the element marks; undefined for most. Costs next to nothing for an element without attributes. */
export function markOf(element: HtmlElement): HtmlMark | undefined {
  const names = namesOf(element)
  const row =
    names.map((name) => rowOfWord.get(name)).find((found) => found && (found.when?.(element) ?? true)) ??
    rowsWithStars.find(({ words = [] }) => names.some((name) => words.some((word) => isLike(name, word)))) ??
    rowsByLook.find(({ when }) => when?.(element))
  return row && { kind: row.kind, rule: row.rule, toEnd: row.toEnd ?? false }
}

/** Its classes, id and name, in lower case. */
function namesOf({ attributes }: HtmlElement): string[] {
  const names: string[] = []
  for (const value of [attributes.class, attributes.id, attributes.name]) {
    if (!value) continue
    for (const name of value.slice(0, maxAttribute).toLowerCase().split(/\s/))
      if (name !== '') names.push(withoutCopyPrefix(name))
  }
  return names
}

function isLike(name: string, word: string): boolean {
  const star = word.indexOf('*')
  return star >= 0 && name.startsWith(word.slice(0, star)) && name.endsWith(word.slice(star + 1))
}

/** Outlook on the web writes `x_` before the names of what it quotes, once for each time. */
function withoutCopyPrefix(name: string): string {
  let rest = name
  while (rest.startsWith('x_')) rest = rest.slice(2)
  return rest
}

/** The line above "From:" that Outlook draws: a border at the top, and space only there. */
function isOutlookBorder({ name, attributes }: HtmlElement): boolean {
  const style = (attributes.style ?? '').slice(0, maxAttribute).toLowerCase().replace(/\s/g, '')
  if (name !== 'div' || !style.includes('border-top:solid')) return false
  return (
    /border-top:solid#?[a-z0-9]{3,12}1\.0pt/.test(style) && /padding:3\.0pt0(?:in|cm|mm|pt)?0/.test(style)
  )
}
