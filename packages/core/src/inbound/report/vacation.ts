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
  'auto',
  'ooo',
  'out of office reply',
  'out-of-office',
  'out of office message',
  'out of office notification',
  'away from office',
  'away from the office',
  'on vacation',
  'on leave',
  'on holiday',
  'automated response',
  'automated reply',
  'automatic response from',
  'abwesenheitsmeldung',
  'abwesenheitsnachricht',
  'abwesenheitsassistent',
  'abwesenheit',
  'ich bin nicht im büro',
  'nicht im büro',
  'nicht im haus',
  'autom. antwort',
  'message d’absence',
  "message d'absence",
  'réponse automatique d’absence',
  'hors du bureau',
  'en congé',
  'mensaje automático',
  'respuesta automatica',
  'ausencia',
  'ausente',
  'resposta automatica',
  'mensagem automática',
  'ausência',
  'fuori ufficio',
  'assenza',
  'messaggio automatico',
  'automatisch bericht',
  'afwezigheidsbericht',
  'afwezigheidsassistent',
  'frånvaromeddelande',
  'automatsvar',
  'ej på kontoret',
  'ute av kontoret',
  'poissaolo',
  'nieobecność',
  'automatyczna odpowiedź',
  'automatická odpoveď',
  'házon kívül',
  'távollét',
  'în afara biroului',
  'отсутствую',
  'автовідповідь',
  'відсутній',
  '不在',
  '不在通知',
  '自動返信',
  '自動返答',
  '外出自动回复',
  '休假',
  '自动答复',
  '自動答覆',
  '부재중',
  '자동응답',
  '자동 응답',
  'trả lời tự động',
  'balasan otomatis',
  'การตอบกลับอัตโนมัติ',
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
  // `[Auto-Reply] Hello` and `(Out of office) Hello` end like `Auto-Reply: Hello`.
  const subject = email.subject
    .slice(0, 300)
    .trim()
    .toLowerCase()
    .replace(/^[[(]([^\][()]{2,60})[\])]/, '$1:')
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
