// HTML we are willing to show: an allow-list over a real parser, as the last step before a reader sees it.
// No remote content, no scripts, no forms; links lead away without telling where they came from. The raw HTML stays.
import sanitizeHtml from 'sanitize-html'

const blockTags = [
  'address',
  'article',
  'blockquote',
  'center',
  'dd',
  'div',
  'dl',
  'dt',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  'section',
  'ul',
]
const inlineTags = [
  'a',
  'abbr',
  'b',
  'big',
  'br',
  'cite',
  'code',
  'del',
  'em',
  'font',
  'i',
  'img',
  'ins',
  'kbd',
  'mark',
  'q',
  's',
  'small',
  'span',
  'strike',
  'strong',
  'sub',
  'sup',
  'tt',
  'u',
  'wbr',
]
const tableTags = ['caption', 'col', 'colgroup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr']

const colour = [/^#[0-9a-f]{3,8}$/i, /^[a-z]{3,20}$/i, /^rgba?\([\d\s.,%]{1,40}\)$/i]
const length = [/^-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|%)?$/]
const word = [/^[a-z-]{1,30}$/i]

const options: sanitizeHtml.IOptions = {
  allowedTags: [...blockTags, ...inlineTags, ...tableTags],
  disallowedTagsMode: 'discard',
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'noscript',
    'title',
    'xmp',
    'noembed',
    'noframes',
    'plaintext',
    'iframe',
    'svg',
    'math',
  ],
  allowedAttributes: {
    '*': ['align', 'dir', 'lang', 'style', 'valign'],
    a: ['href', 'rel', 'target'],
    col: ['span', 'width'],
    font: ['color', 'size'],
    img: ['src', 'alt', 'width', 'height'],
    ol: ['start', 'type'],
    table: ['border', 'cellpadding', 'cellspacing', 'width'],
    td: ['colspan', 'rowspan', 'width', 'height', 'bgcolor'],
    th: ['colspan', 'rowspan', 'width', 'height', 'bgcolor'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  // A picture is shown only from the mail itself: anything remote would tell the sender that it was read.
  allowedSchemesByTag: { img: ['cid'] },
  allowProtocolRelative: false,
  allowedStyles: {
    '*': {
      color: colour,
      'background-color': colour,
      'text-align': word,
      'font-weight': [/^(bold|normal|[1-9]00)$/],
      'font-style': word,
      'text-decoration': word,
      'font-size': length,
      margin: length,
      'margin-left': length,
      padding: length,
      'padding-left': length,
    },
  },
  transformTags: {
    a: (tagName, attribs) => ({
      tagName,
      attribs: { ...attribs, rel: 'noopener noreferrer nofollow ugc', target: '_blank' },
    }),
  },
  nestingLimit: 100,
}

/** Sanitises HTML of a mail. Never throws for its input; length is bounded by the parser's limits. */
export function safeHtml(html: string): string {
  return sanitizeHtml(html, options)
}
