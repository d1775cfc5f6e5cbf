// Lines that programs write between an answer and what it answers, whatever follows them.
import { tokenAtStart } from '../../threading/reply-token.ts'

/** The line above which answers are wanted, in English. @internal */
export const boundaryLine = '## Please type your reply above this line ##'

/** "Reply above this line", by language; compared without letter case, punctuation and drawing. */
const replyAbove =
  'please type your reply above this line|please reply above this line|reply above this line|write your reply above this line|' +
  'type your reply above this line|add your reply above this line|respond above this line|reply above the line|write above this line|' +
  'please do not write below this line|do not write below this line|do not edit below this line|' +
  'bitte gib deine antwort oberhalb dieser zeile ein|bitte antworten sie oberhalb dieser linie|bitte oberhalb dieser linie antworten|' +
  'bitte schreiben sie ihre antwort über diese zeile|antworten sie oberhalb dieser zeile|bitte geben sie ihre antwort über dieser zeile ein|' +
  'bitte antworten sie über dieser zeile|antwort bitte oberhalb dieser linie|' +
  'veuillez répondre au dessus de cette ligne|répondre au dessus de cette ligne|répondez au dessus de cette ligne|' +
  'merci de répondre au dessus de cette ligne|veuillez écrire votre réponse au dessus de cette ligne|' +
  'por favor escriba su respuesta por encima de esta línea|responda por encima de esta línea|escriba su respuesta encima de esta línea|' +
  'por favor responda encima de esta línea|escribe tu respuesta por encima de esta línea|' +
  'si prega di rispondere sopra questa riga|rispondi sopra questa riga|scrivi la tua risposta sopra questa riga|' +
  'por favor responda acima desta linha|responda acima desta linha|escreva a sua resposta acima desta linha|digite sua resposta acima desta linha|' +
  'reageer boven deze regel|typ uw antwoord boven deze regel|gelieve boven deze lijn te antwoorden|antwoord boven deze regel|' +
  'svara ovanför den här raden|skriv ditt svar ovanför den här raden|skriv ditt svar ovanför denna rad|svara ovanför denna rad|' +
  'skriv dit svar over denne linje|svar over denne linje|skriv svaret ditt over denne linjen|svar over denne linjen|' +
  'kirjoita vastauksesi tämän rivin yläpuolelle|vastaa tämän rivin yläpuolelle|' +
  'odpowiedz powyżej tej linii|wpisz swoją odpowiedź powyżej tej linii|prosimy o odpowiedź powyżej tej linii|' +
  'napište svou odpověď nad tento řádek|odpovězte nad tímto řádkem|napíšte svoju odpoveď nad tento riadok|odpovedzte nad týmto riadkom|' +
  'kérjük e sor fölé írja a válaszát|kérjük válaszoljon e sor felett|írja válaszát e sor fölé|' +
  'răspundeți deasupra acestei linii|scrieți răspunsul deasupra acestei linii|' +
  'напишете отговора си над този ред|odgovorite iznad ove linije|odgovorite nad to vrstico|одговорите изнад ове линије|' +
  'пожалуйста введите ответ выше этой строки|введите ответ выше этой строки|напишите ответ выше этой строки|ответьте выше этой линии|' +
  'будь ласка введіть відповідь вище цього рядка|введіть відповідь вище цього рядка|' +
  'παρακαλώ απαντήστε πάνω από αυτή τη γραμμή|απαντήστε πάνω από αυτή τη γραμμή|' +
  'lütfen yanıtınızı bu satırın üzerine yazın|yanıtınızı bu satırın üstüne yazın|' +
  'يرجى كتابة ردك فوق هذا السطر|اكتب ردك فوق هذا السطر|נא להשיב מעל שורה זו|השב מעל שורה זו|' +
  '请在此行上方回复|请在这行上方输入您的回复|請在此行上方回覆|この行より上に返信を入力してください|この行の上に返信してください|' +
  '이 줄 위에 답장을 입력하세요|이 줄 위에 회신하세요|vui lòng trả lời phía trên dòng này|balas di atas baris ini|' +
  'silakan ketik balasan anda di atas baris ini|กรุณาตอบเหนือบรรทัดนี้|' +
  // What forums write between an answer and the discussion.
  'previous replies|vorherige antworten|respuestas anteriores|réponses précédentes|risposte precedenti|respostas anteriores|' +
  'vorige antwoorden|tidigare svar|poprzednie odpowiedzi|предыдущие ответы|aiemmat vastaukset|tidligere svar|předchozí odpovědi|önceki yanıtlar|以前的回复|之前的回复|以前の返信|이전 답글'

/** "Original message", by language; set between dashes. */
const originalMessage =
  'original message|original mail|original email|original e mail|original appointment|original text|reply message|in reply to|quoted text|quoted message|message d origine|' +
  'ursprüngliche nachricht|originalnachricht|original nachricht|ursprungsnachricht|ursprüngliche mail|ursprüngliche e mail|originaltext|orginalnachricht|' +
  'message original|courriel original|message initial|mensaje original|correo original|messaggio originale|mensagem original|' +
  'oorspronkelijk bericht|origineel bericht|ursprungligt meddelande|originalmeddelande|originalmeddelelse|oprindelig meddelelse|' +
  'oprindelig besked|original melding|opprinnelig melding|originalmelding|opprinnelig e post|alkuperäinen viesti|' +
  'wiadomość oryginalna|oryginalna wiadomość|wiadomosc oryginalna|treść oryginalnej wiadomości|původní zpráva|původní e mail|pôvodná správa|' +
  'eredeti üzenet|eredeti levél|mesaj original|mesajul original|оригинално съобщение|оригинална порука|originalna poruka|izvorna poruka|' +
  'izvirno sporočilo|исходное сообщение|исходное письмо|первоначальное сообщение|оригинальное сообщение|вихідне повідомлення|оригінальне повідомлення|' +
  'αρχικό μήνυμα|özgün ileti|orijinal mesaj|özgün mesaj|الرسالة الأصلية|הודעה מקורית|پیام اصلی|मूल संदेश|' +
  '原始邮件|原邮件|原始信息|原始郵件|原始訊息|元のメッセージ|オリジナルメッセージ|original message from|원본 메일|원본 메시지|원본 이메일|' +
  'thư gốc|tin nhắn gốc|pesan asli|mesej asal|ข้อความต้นฉบับ|missatge original|algne kiri|originalus laiškas|sākotnējais ziņojums|izvornik'

/** Letters of a line that may be one of these. */
const maxLine = 200

export type BoundaryKind = 'reply-above-line' | 'original-message' | 'maildesk-ref'

/** What kind of boundary the line is; undefined for any other. `line` without white space around it. */
export function boundaryOf(line: string): BoundaryKind | undefined {
  if (line === '' || line.length > maxLine) return undefined
  if (isRefLine(line)) return 'maildesk-ref'
  const words = folded(line)
  const isDrawn = drawn.test(line.slice(0, 2)) && drawn.test(line.slice(-2))
  if (isDrawn && [...above].some((phrase) => words === phrase || words.startsWith(`${phrase} `)))
    return 'reply-above-line'
  if (above.has(words)) return 'reply-above-line'
  if (isDrawn && originals.has(words)) return 'original-message'
  return undefined
}

/** A token of ours in a line: what stands below it is our mail. The mac is not looked at; nothing is granted by it. */
export function holdsReplyToken(line: string): boolean {
  const at = line.slice(0, maxLine * 2).indexOf('+t1.')
  return at >= 0 && tokenAtStart(line.slice(at + 1, at + 100)) !== undefined
}

/** `ref:` and a token, which stand below the words of our mails, above what they quote; as `refLine` writes it. */
function isRefLine(line: string): boolean {
  if (!line.startsWith('ref:')) return false
  const token = line.slice('ref:'.length)
  return tokenAtStart(token) === token
}

/** The line of our own mails that `boundaryOf` knows. */
export function refLine(token: string): string {
  return `ref:${token}`
}

const drawn = /^[#\-=_*~–—+.•]{1,2}|[#\-=_*~–—+.•]{1,2}$/

function folded(line: string): string {
  return line
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}

const above: ReadonlySet<string> = new Set(replyAbove.split('|').map(folded))
const originals: ReadonlySet<string> = new Set(originalMessage.split('|').map(folded))
