// What a subject's first prefix says: `Fwd:`, `WG:`, `TR:` of a forward, `Re:`, `AW:` of a reply.

const forwardPrefixes =
  // English and everybody; German; French and Turkish mail sent from French programs; Spanish, Catalan, Portuguese.
  'fw|fwd|forward|forwarded|wg|wtrl|weitergeleitet|weiterleitung|tr|transf|transféré|rv|reenv|reenviado|enc|encaminhado|encaminhada|' +
  // Italian, Dutch, Swedish, Icelandic, Finnish, Polish, Czech, Slovak, Hungarian, Romanian.
  'i|inoltra|inoltrato|doorst|doorgestuurd|vb|vidarebefordrat|fs|vl|välitetty|pd|přeposláno|předáno|přep|prep|preposlané|továbbítás|továbbítva|továbbított|tov|redir|redirecționat|' +
  // South Slavic, Russian, Ukrainian, Bulgarian, Greek, Turkish, Baltic, Estonian.
  'proslijeđeno|prosleđeno|posredovano|posr|pos|пересл|переслано|пер|препр|препратено|прослеђено|πρθ|προωθ|ilt|i̇lt|iletildi|yönlendirilen|persiųsta|pārsūtīts|edasi|edastatud|' +
  // Arabic, Hebrew, Persian, Hindi, Vietnamese, Thai, Indonesian, Malay.
  'إعادة توجيه|محول|تحويل|הועבר|העברה|هدایت|अग्रेषित|chuyển tiếp|ct|ส่งต่อ|terusan|trs|teruskan|majukan|' +
  // Chinese, Japanese, Korean.
  '转发|轉寄|轉發|转寄|転送|전달'
const replyPrefixes =
  're|aw|antw|antwort|sv|svar|odp|rif|r|res|ref|rép|rep|réf|bls|balas|ynt|yanıt|vá|válasz|atb|ats|απ|σχετ|rsp|на|отг|отв|відп|vast|hth|reply|' +
  'رد|الرد|השב|תשובה|תגובה|پاسخ|trả lời|tl|ตอบ|ตอบกลับ|回复|答复|回覆|返信|回信|답장|회신|ha|nt'
/** Finns reply with what Norwegians and Danes forward with. */
const eitherPrefixes = 'vs'

/** What the outermost prefix of a subject says; `either` when languages disagree about it. */
export type SubjectPrefix = 'forward' | 'reply' | 'either' | null

/** Letters of a subject that are looked at. */
const maxRead = 300
/** `[list]` tags before the prefix. */
const maxTags = 5
/** `Fwd[2]` and `Fwd (2)`. */
const counted = /[[(]\d{1,3}[\])]$/

/** The outermost prefix of a subject; tags as `[list]` before it are passed over. */
export function outermostPrefix(subject: string): SubjectPrefix {
  const rest = withoutTags(subject.slice(0, maxRead).trim())
  return prefixOf(rest) ?? bracketedPrefix(rest)
}

function withoutTags(subject: string): string {
  let rest = subject
  for (let tags = 0; tags < maxTags && rest.startsWith('['); tags += 1) {
    const end = rest.indexOf(']')
    const colon = rest.indexOf(':')
    // `[Fwd: The engine]` is no tag.
    if (end < 0 || (colon >= 0 && colon < end && prefixOf(rest.slice(1)))) return rest
    rest = rest.slice(end + 1).trimStart()
  }
  return rest
}

/** `[Fwd: The engine]` of Netscape, `(Fwd) The engine` of Pegasus Mail. */
function bracketedPrefix(subject: string): SubjectPrefix {
  if (subject.startsWith('[')) return prefixOf(subject.slice(1))
  if (!subject.startsWith('(')) return null
  return prefixes.get(fold(subject.slice(1, Math.max(1, subject.indexOf(')'))))) ?? null
}

function prefixOf(subject: string): SubjectPrefix {
  const colon = subject.search(/[:：]/)
  if (colon <= 0 || colon > 30) return null
  return prefixes.get(fold(subject.slice(0, colon).trimEnd().replace(counted, ''))) ?? null
}

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\p{M}\u200e\u200f]/gu, '')
    .toLowerCase()
    .trim()
}

const prefixes: ReadonlyMap<string, SubjectPrefix> = new Map([
  ...forwardPrefixes.split('|').map((word) => [fold(word), 'forward'] as const),
  ...replyPrefixes.split('|').map((word) => [fold(word), 'reply'] as const),
  ...eitherPrefixes.split('|').map((word) => [fold(word), 'either'] as const),
])
