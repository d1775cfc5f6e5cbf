// The line above what a reply quotes: when it was written and by whom, in the words of the mailbox's language.
import { databaseText } from '../text/database-text.ts'

/** By language subtag; `{date}` and `{name}` are put in. */
const lines: Readonly<Record<string, string>> = {
  en: 'On {date}, {name} wrote:',
  de: 'Am {date} schrieb {name}:',
  fr: 'Le {date}, {name} a écrit :',
  es: 'El {date}, {name} escribió:',
  it: 'Il {date}, {name} ha scritto:',
  pt: 'Em {date}, {name} escreveu:',
  nl: 'Op {date} schreef {name}:',
  sv: 'Den {date} skrev {name}:',
  da: 'Den {date} skrev {name}:',
  nb: 'Den {date} skrev {name}:',
  fi: '{name} kirjoitti {date}:',
  pl: 'W dniu {date} {name} napisał(a):',
  cs: 'Dne {date} {name} napsal(a):',
  sk: 'Dňa {date} {name} napísal(a):',
  hu: '{name} ezt írta ({date}):',
  ro: 'Pe {date}, {name} a scris:',
  ru: '{date}, {name} написал(а):',
  uk: '{date}, {name} пише:',
  el: 'Στις {date}, ο χρήστης {name} έγραψε:',
  tr: '{name}, {date} tarihinde yazdı:',
  ja: '{date} {name} が書きました:',
  zh: '{date}，{name} 写道：',
  ko: '{date}, {name}님이 작성:',
}
/** UTF-16 units of a name. */
const maxName = 100

/** The languages an attribution is written in; others get English. @internal */
export const attributionLanguages = Object.keys(lines)

/** `language` is a language tag (BCP 47); the time is told in UTC. */
export function attributionLine(language: string, at: Date, name: string): string {
  const [subtag = ''] = language.toLowerCase().split(/[-_]/)
  const known = subtag === 'no' ? 'nb' : subtag
  const line = lines[known] ?? (lines.en as string)
  const locale = known in lines ? known : 'en'
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  // Some locales part the time with spaces that plain mail programs show as boxes.
  const told = `${date.format(at).replace(/\s/g, ' ')} UTC`
  return line.replace('{date}', () => told).replace('{name}', () => oneLine(name))
}

function oneLine(name: string): string {
  return databaseText(name.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), maxName)
}
