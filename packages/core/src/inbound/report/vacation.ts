// Vacation notes that no field marks: the subject says it, and something else agrees.
import { headerValues, type ParsedEmail } from '../parsed-email.ts'

/** Beginnings of subjects in many languages: all of the subject, or followed by a colon or a dash. */
const beginnings = [
  'out of office',
  'out of the office',
  'out of office autoreply',
  'automatic reply',
  'auto reply',
  'auto-reply',
  'autoreply',
  'auto response',
  'automatic response',
  'autoresponse',
  'vacation reply',
  'abwesenheitsnotiz',
  'abwesend',
  'automatische antwort',
  'automatische abwesenheit',
  'réponse automatique',
  'absence du bureau',
  'absent du bureau',
  'absence',
  'respuesta automática',
  'fuera de la oficina',
  'ausente de la oficina',
  'resposta automática',
  'fora do escritório',
  'ausência temporária',
  'risposta automatica',
  'fuori sede',
  'assente',
  'afwezig',
  'afwezigheid',
  'automatisch antwoord',
  'niet aanwezig',
  'autosvar',
  'automatiskt svar',
  'automatisk svar',
  'fravær',
  'frånvaro',
  'poissa',
  'automaattinen vastaus',
  'automatická odpověď',
  'mimo kancelář',
  'odpowiedź automatyczna',
  'autoodpowiedź',
  'automatikus válasz',
  'răspuns automat',
  'автоответ',
  'автоматический ответ',
  'автоматична відповідь',
  'otomatik yanıt',
  'ofis dışında',
  'αυτόματη απάντηση',
  'תשובה אוטומטית',
  'رد تلقائي',
  '自動応答',
  '自动回复',
  '自動回覆',
  '자동 회신',
] as const

/** Words of such notes, looked for in the first lines. */
const words = [
  'out of office',
  'out of the office',
  'on holiday',
  'on vacation',
  'on leave',
  'abwesend',
  'nicht im büro',
  'nicht im haus',
  'absent',
  'en congé',
  'vacaciones',
  'fuera de la oficina',
  'férias',
  'in ferie',
  'afwezig',
  'отпуск',
  'не на месте',
] as const

/**
 * The subject of a vacation note. It needs a second sign, because a person may write about vacation notes: that it
 * answers a mail, an empty return path, or the words of such a note at its beginning.
 */
export function vacationSubject(email: ParsedEmail, nullReversePath: boolean): string | undefined {
  const subject = email.subject.slice(0, 300).trim().toLowerCase()
  const begins = beginnings.some((beginning) => {
    if (!subject.startsWith(beginning)) return false
    const rest = subject.slice(beginning.length)
    return rest === '' || /^\s?(?:[:：]|[-–—]\s)/.test(rest)
  })
  const away = /\bis (?:currently )?out of (?:the )?office\.?(?: \(.{0,80}\))?$/.test(subject)
  if (!begins && !away) return undefined
  const answers = email.inReplyTo.length > 0 || email.references.length > 0
  const begun = email.text.slice(0, 600).toLowerCase()
  const agrees =
    answers ||
    nullReversePath ||
    headerValues(email, 'x-auto-response-suppress').length > 0 ||
    words.some((word) => begun.includes(word))
  return agrees ? email.subject : undefined
}
