// The lines mail programs write above a forwarded mail: `---------- Forwarded message ---------`.
import { lineText } from '../header-block-line.ts'

const phrases: Readonly<Record<string, string>> = {
  en: 'Forwarded message|Begin forwarded message|Forwarded mail|Forwarded email|Forwarded e-mail|Forwarded by|Start of forwarded message|Start forwarded message|Begin forwarded mail|Begin forwarded email|Forward header|Message forwarded|Forwarded from|Forwarded note from|Inline forwarded message',
  de: 'Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|Anfang der weitergeleiteten E-Mail|Beginn der weitergeleiteten Nachricht|Weitergeleitete E-Mail|Weitergeleitete Mail|Weitergeleitet von|Weiterleitung der Nachricht',
  fr: 'Message transféré|Début du message transféré|Début du message réexpédié|Message réexpédié|Message transmis|Courriel transféré|E-mail transféré|Mail transféré|Transféré par|Réexpédié par|Transmis par|Début du courriel transféré|Début de l’e-mail transféré',
  es: 'Mensaje reenviado|Inicio del mensaje reenviado|Comienzo del mensaje reenviado|Principio del mensaje reenviado|Correo reenviado|Reenviado por|Mensaje remitido|Remitido por',
  it: 'Messaggio inoltrato|Inizio messaggio inoltrato|Inizio del messaggio inoltrato|Inoltrato da|E-mail inoltrata|Email inoltrata',
  pt: 'Mensagem encaminhada|Mensagem reencaminhada|Início da mensagem encaminhada|Início da mensagem reencaminhada|Início de mensagem encaminhada|Início de mensagem reencaminhada|Encaminhado por|Reencaminhado por|E-mail encaminhado',
  nl: 'Doorgestuurd bericht|Begin doorgestuurd bericht|Begin van doorgestuurd bericht|Doorgezonden bericht|Doorgestuurde e-mail|Doorgestuurd door|Begin doorgestuurde bericht',
  sv: 'Vidarebefordrat meddelande|Vidarebefordrat brev|Vidarebefordrat mejl|Vidarebefordrat mail|Vidarebefordrat e-postmeddelande|Början på vidarebefordrat brev|Början på vidarebefordrat meddelande|Börja på vidarebefordrat brev|Börja vidarebefordrat meddelande|Vidarebefordrat av|Vidarebefordrad',
  da: 'Videresendt meddelelse|Videresendt besked|Videresendt mail|Videresendt e-mail|Start på videresendt besked|Start på videresendt meddelelse|Begyndelse på videresendt besked|Begynd videresendt besked|Videresendt af',
  nb: 'Videresendt melding|Videresendt e-post|Videresendt beskjed|Start på videresendt melding|Starten på videresendt melding|Begynnelse på videresendt melding|Videresendt av',
  nn: 'Vidaresend melding|Vidaresendt melding',
  is: 'Áframsend skilaboð|Framsend skilaboð|Áframsent skeyti',
  fi: 'Välitetty viesti|Edelleenlähetetty viesti|Edelleen lähetetty viesti|Välitetyn viestin alku|Alkaa välitetty viesti|Välitetty sähköposti|Välitetty sähköpostiviesti|Lähettänyt edelleen|Välittänyt',
  pl: 'Przekazana wiadomość|Wiadomość przekazana dalej|Wiadomość przesłana dalej|Przesłana dalej wiadomość|Przesłana wiadomość|Przesyłana dalej wiadomość|Treść przekazanej wiadomości|Treść przesłanej wiadomości|Początek przekazanej wiadomości|Początek przekazywanej wiadomości|Początek przesyłanej dalej wiadomości|Początek przesłanej wiadomości|Przekazane przez|Przesłane przez|Przesyłane dalej przez',
  cs: 'Přeposlaná zpráva|Předaná zpráva|Přeposlaný e-mail|Přeposlaný email|Začátek přeposlané zprávy|Začátek předané zprávy|Začátek přeposílané zprávy|Přeposlal|Přeposláno uživatelem',
  sk: 'Preposlaná správa|Začiatok preposlanej správy|Začiatok preposielanej správy|Preposlaný e-mail|Preposlaný email|Postúpená správa|Preposlal',
  hu: 'Továbbított üzenet|Továbbított levél|A továbbított üzenet kezdete|A továbbított levél kezdete|Továbbított üzenet kezdete|Továbbított e-mail|Továbbította',
  ro: 'Mesaj redirecționat|Mesajul redirecționat|Mesaj înaintat|Mesaj retransmis|Începutul mesajului redirecționat|Începe mesajul redirecționat|Mesaj redirecţionat|E-mail redirecționat|Mesaj transmis mai departe|Redirecționat de',
  bg: 'Препратено съобщение|Препратен имейл|Препратено писмо|Препратено от|Начало на препратеното съобщение|Начало на препратено съобщение',
  mk: 'Препратена порака|Проследена порака|Почеток на препратената порака',
  hr: 'Proslijeđena poruka|Prosljeđena poruka|Početak proslijeđene poruke|Početak prosljeđene poruke|Proslijedio|Započni proslijeđenu poruku',
  sr: 'Prosleđena poruka|Početak prosleđene poruke|Прослеђена порука|Почетак прослеђене поруке|Прослијеђена порука',
  sl: 'Posredovano sporočilo|Začetek posredovanega sporočila|Posredovana e-pošta|Posredoval',
  sq: 'Mesazh i përcjellë|Mesazhi i përcjellë',
  uk: 'Переслане повідомлення|Пересланий лист|Переадресоване повідомлення|Переадресований лист|Перенаправлене повідомлення|Початок пересланого повідомлення|Початок переадресованого повідомлення|Початок листа, що пересилається|Початок переадресованого листа|Переслав',
  ru: 'Пересылаемое сообщение|Пересылаемое письмо|Пересланное сообщение|Пересланное письмо|Переадресованное сообщение|Переадресованное письмо|Перенаправленное сообщение|Перенаправленное письмо|Начало переадресованного сообщения|Начало пересылаемого сообщения|Начало пересланного сообщения|Начало перенаправленного сообщения|Переслано|Переслал',
  be: 'Перасланае паведамленне|Пераадрасаванае паведамленне',
  el: 'Προωθημένο μήνυμα|Προωθούμενο μήνυμα|Προωθημένο e-mail|Έναρξη προωθημένου μηνύματος|Αρχή προωθημένου μηνύματος|Έναρξη προωθούμενου μηνύματος|Προωθήθηκε από',
  tr: 'İletilmiş mesaj|İletilen mesaj|İletilen ileti|İletilmiş ileti|Yönlendirilmiş mesaj|Yönlendirilen mesaj|Yönlendirilmiş ileti|Yönlendirilen ileti|İleti başlangıcı|İletilen iletinin başlangıcı|Yönlendirilen iletinin başlangıcı|Yönlendiren|İleten',
  az: 'Yönləndirilmiş mesaj|Ötürülmüş mesaj',
  ar: 'رسالة معاد توجيهها|الرسالة المعاد توجيهها|رسالة مُعاد توجيهها|رسالة محولة|الرسالة المحولة|بداية الرسالة المحولة|بدء الرسالة المحولة|بدء الرسالة المعاد توجيهها|بداية الرسالة المعاد توجيهها|رسالة تمت إعادة توجيهها',
  he: 'הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה|תחילת הודעה שהועברה|הודעת דוא"ל שהועברה|הועבר על ידי|הועברה על ידי',
  fa: 'پیام هدایت‌شده|پیام هدایت شده|پیام ارسال شده|پیام بازارسالی|پیام فوروارد شده|شروع پیام هدایت شده',
  hi: 'अग्रेषित संदेश|अग्रेषित किया गया संदेश|फ़ॉरवर्ड किया गया संदेश|फॉरवर्ड किया गया संदेश|फ़ॉरवर्ड किया गया मैसेज',
  'zh-CN':
    '转发的邮件|转发邮件信息|转发邮件|转发的信件|转发的消息|被转发邮件信息|转发邮件内容|以下是转发的邮件|以下是转发邮件|下面是转发的邮件|下面是转发邮件|下面是被转发的邮件|开始转发的邮件|开始转发邮件|已转发邮件|已转发的邮件|转发信息',
  'zh-TW':
    '轉寄郵件|轉寄的郵件|轉寄訊息|轉寄的訊息|轉寄郵件資訊|以下是轉寄的郵件|以下是被轉寄的郵件|開始轉寄郵件|開始轉寄訊息|轉寄信件|轉寄的信件|已轉寄的郵件',
  ja: '転送メッセージ|転送されたメッセージ|転送されたメール|転送メール|転送元メッセージ|以下は転送されたメッセージです|以下は転送メッセージです|転送されたメッセージの開始|転送メッセージの開始|Forwarded by',
  ko: '전달된 메시지|전달된 메일|전달한 메시지|전달 메시지|전달된 이메일|전달한 메일|전달된 메시지 시작|전달된 메시지의 시작|아래는 전달된 메시지|아래의 전달된 메시지',
  vi: 'Thư đã chuyển tiếp|Thư được chuyển tiếp|Thư chuyển tiếp|Tin nhắn đã chuyển tiếp|Tin nhắn được chuyển tiếp|Bắt đầu thư được chuyển tiếp|Bắt đầu thư đã chuyển tiếp|Bắt đầu tin nhắn được chuyển tiếp|Bắt đầu chuyển tiếp thư',
  th: 'ข้อความที่ส่งต่อ|ข้อความส่งต่อ|จดหมายที่ส่งต่อ|อีเมลที่ส่งต่อ|เริ่มข้อความที่ส่งต่อ|เริ่มต้นข้อความที่ส่งต่อ|เริ่มต้นข้อความที่ถูกส่งต่อ',
  id: 'Pesan terusan|Pesan yang diteruskan|Pesan diteruskan|Mulai pesan terusan|Memulai pesan terusan|Awal pesan terusan|Mulai pesan yang diteruskan|Diteruskan oleh|Email terusan',
  ms: 'Mesej dimajukan|Mesej yang dimajukan|Mesej dikirim semula|Mulakan mesej yang dimajukan|Dimajukan oleh',
  et: 'Edastatud kiri|Edastatud sõnum|Edasisaadetud kiri|Edasi saadetud kiri|Edastatud e-kiri|Edastatud kirja algus',
  lv: 'Pārsūtīta ziņa|Pārsūtītā ziņa|Pārsūtīts ziņojums|Pārsūtītais ziņojums|Pārsūtīta vēstule|Pārsūtīts e-pasts',
  lt: 'Persiųstas laiškas|Persiunčiamas laiškas|Persiųstas pranešimas|Persiųsta žinutė|Persiųstos žinutės pradžia|Persiųsto laiško pradžia',
  ca: 'Missatge reenviat|Inici del missatge reenviat|Principi del missatge reenviat|Reenviat per',
  gl: 'Mensaxe reenviada|Inicio da mensaxe reenviada',
  eu: 'Birbidalitako mezua|Birbidalitako mezuaren hasiera',
  ka: 'გადაგზავნილი წერილი|გადამისამართებული შეტყობინება',
}

const endPhrases =
  'End of forwarded message|End forwarded message|End of forwarded mail|Ende der weitergeleiteten Nachricht|Fin du message transféré|Fin del mensaje reenviado|Fine messaggio inoltrato|Fine del messaggio inoltrato|Fim da mensagem encaminhada|Einde doorgestuurd bericht|Конец пересылаемого сообщения|Конец переадресованного сообщения|Конец пересылаемого письма|Кінець пересланого повідомлення|Koniec przekazanej wiadomości|Konec přeposlané zprávy|İletilen iletinin sonu'

/** Longer lines are text. */
const maxMarker = 200
/** Longest phrase after which a name may follow, in letters as compared. */
const maxPhrase = 60
/** White space but for U+FEFF, which `folded` takes out of words. */
const wordEnd = /[^\S\ufeff]/
/** Words of ASCII with a blank between them, as most lines are. */
const plainWords = /^[!-~]+(?: [!-~]+)*$/
const frame = new Set('-–—_=~*#•─━ \u00a0')

/** A line of a mail program about a forward. */
export interface Marker {
  readonly kind: 'forward' | 'end'
  /** Set between dashes, which no author does by hand. */
  readonly framed: boolean
}

/** The line as a mark of a forwarded mail's beginning or end; null for any other line. */
export function readMarker(line: string): Marker | null {
  if (line.length > maxMarker) return null
  const text = lineText(line)
  const inner = withoutFrame(text)
  if (inner === '' || !mayBeginPhrase(inner)) return null
  const framed = isFramed(line)
  const words = folded(inner)
  if (ends.has(words)) return { kind: 'end', framed }
  if (beginnings.has(words) || (framed && beginsWithPhrase(words))) return { kind: 'forward', framed }
  return null
}

/** True for a line mail programs draw: nothing but dashes, or text between dashes as in `---- Original Message ----`. */
export function isDrawn(line: string): boolean {
  if (line.length > maxMarker) return false
  const text = rawText(line)
  return isFramed(line) || (text.length >= 3 && withoutFrame(text) === '')
}

function isFramed(line: string): boolean {
  const text = rawText(line)
  // Programs that draw dashes at the beginning only draw many.
  return text.length >= 6 && isRule(text.slice(0, 3)) && (isRule(text.slice(-2)) || isRule(text.slice(0, 5)))
}

function isRule(text: string): boolean {
  const [first = ' '] = text
  return first !== ' ' && frame.has(first) && [...text].every((letter) => letter === first)
}

function rawText(line: string): string {
  let from = 0
  while (from < line.length && (line[from] === '>' || line[from] === '|' || line[from]?.trim() === ''))
    from += 1
  return line.slice(from).trim()
}

function withoutFrame(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && frame.has(text[from] as string)) from += 1
  while (to > from && (frame.has(text[to - 1] as string) || isColon(text[to - 1]))) to -= 1
  return text.slice(from, to)
}

function isColon(letter: string | undefined): boolean {
  return letter === ':' || letter === '：' || letter === '.' || letter === '。'
}

function folded(text: string): string {
  if (plainWords.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
    .replace(/\s+/g, ' ')
    .toLowerCase()
    .trim()
}

/** False for nearly all lines, by their first word alone: folding a whole text would be most of what its mail costs. */
function mayBeginPhrase(inner: string): boolean {
  const end = inner.search(wordEnd)
  const word = folded(end < 0 ? inner : inner.slice(0, end))
  return word === '' || firstWords.has(firstWordOf(word))
}

function firstWordOf(words: string): string {
  const end = words.indexOf(' ')
  return end < 0 ? words : words.slice(0, end)
}

/** `forwarded by Ada Lovelace on 1 May`: a phrase, then whatever, between dashes. */
function beginsWithPhrase(words: string): boolean {
  for (let at = words.indexOf(' '); at >= 0 && at <= maxPhrase; at = words.indexOf(' ', at + 1)) {
    if (beginnings.has(words.slice(0, at))) return true
  }
  return false
}

const beginnings: ReadonlySet<string> = new Set(
  Object.values(phrases).flatMap((row) => row.split('|').map(folded)),
)
const ends: ReadonlySet<string> = new Set(endPhrases.split('|').map(folded))
const firstWords: ReadonlySet<string> = new Set([...beginnings, ...ends].map(firstWordOf))
