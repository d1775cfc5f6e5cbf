// How mail programs say "wrote" above a quote, by language. A line is an attribution only with more than the word:
// a date or an address, and a colon at its end.

/** One row a language; words as they are written, in lower case, without their accents folded. */
const wrote: Readonly<Record<string, string>> = {
  en: 'wrote|writes|sent|said|schreef op',
  de: 'schrieb|schreibt|hat geschrieben|geschrieben',
  fr: 'a écrit|à écrit|écrivait|a ecrit|écrit',
  es: 'escribió|escribio|escribía|ha escrito|va escriure',
  it: 'ha scritto|scrive|scriveva|scritto',
  pt: 'escreveu|escreve|a escrit',
  nl: 'schreef|schreef het volgende|het volgende geschreven|geschreven',
  sv: 'skrev|skriver',
  da: 'skrev|skrev følgende',
  nb: 'skrev|skrev følgende',
  is: 'skrifaði|reit',
  fi: 'kirjoitti|kirjoittaa',
  et: 'kirjutas',
  lv: 'rakstīja|raksta',
  lt: 'rašė|parašė',
  pl: 'napisał|napisała|napisał(a)|napisano|pisze',
  cs: 'napsal|napsala|napsal(a)|píše',
  sk: 'napísal|napísala|napísal(a)|píše',
  hu: 'írta|ezt írta|a következőt írta',
  ro: 'a scris',
  bg: 'написа|пише',
  hr: 'napisao|napisala|napisao je|napisala je|je napisao|je napisala|piše',
  sr: 'је написао|је написала|написао',
  sl: 'je napisal|je napisala|je oseba',
  uk: 'написав|написала|пише|написал(а)',
  ru: 'написал|написала|написал(а)|писал|писал(а)|пишет',
  be: 'напісаў|напісала',
  el: 'έγραψε|έγραψαν',
  tr: 'yazdı|şunları yazdı|tarihinde yazdı',
  ar: 'كتب|كتبت|كتب:',
  he: 'כתב|כתבה|כתב/ה|מאת',
  fa: 'نوشت|نوشته است',
  hi: 'ने लिखा',
  zh: '写道|寫道|写信给|来信|發文',
  ja: 'のメール|さんは書きました|が書きました|書きました|wrote',
  ko: '작성|님이 작성|님이 쓴 글',
  vi: 'đã viết|viết',
  th: 'เขียนว่า|เขียน',
  id: 'menulis|tulis',
  ms: 'menulis|tulis',
  ca: 'va escriure|ha escrit',
  gl: 'escribiu',
  eu: 'idatzi du|igorleak hau idatzi zuen',
  af: 'het geskryf',
  ka: 'დაწერა',
}

/** All words, longest first, so that the fuller phrase is the evidence. */
export const wroteWords: readonly string[] = [
  ...new Set(Object.values(wrote).flatMap((row) => row.split('|'))),
].sort((a, b) => b.length - a.length)

/** Words an attribution may begin with; what else begins one is a date, a name or an address. */
const openers =
  'on|am|le|el|il|em|op|den|på|w dniu|dnia|dne|dňa|v|вт|в|на|von|från|vào|pada|στις|il giorno|il|el dia|el día|' +
  'a|à|date|no dia|datum|tarihinde|at|u|в|el|ma|on|ven|lun|mar|mer|gio|sab|dom|в|с|от|在|在于|于|dana|2|1'

/** True when a line begins as attributions do: with one of their openers, a digit, a quote mark or a name in brackets. */
export function beginsLikeAttribution(line: string): boolean {
  const first = line[0] ?? ''
  if (/[\d"“„«'*]/.test(first) || /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(first)) return true
  const word =
    line
      .slice(0, 12)
      .toLowerCase()
      .split(/[\s,.]/, 1)[0] ?? ''
  return openerWords.has(word)
}

const openerWords = new Set(openers.split('|').map((opener) => opener.split(' ', 1)[0] as string))
