// What programs and people put below what they wrote.

/** "Sent from my …", by language; a line that begins so, or holds it between brackets, is no text of its writer. */
const sentFrom =
  'sent from|sent with|sent via|sent using|sent by|sent on the go|get outlook for|get inky|download outlook|written on|composed on|typed on|' +
  'gesendet von|gesendet mit|von meinem|diese nachricht wurde von|diese e-mail wurde von|hol dir outlook|holen sie sich outlook|' +
  'envoyé de mon|envoyé depuis|envoyé à partir|envoyé avec|envoyé d’|envoyé via|télécharger outlook|obtenir outlook|' +
  'enviado desde|enviado de|enviado con|enviado do meu|enviado pelo|enviado a partir|enviado com|enviado via|obtener outlook|obter o outlook|' +
  'inviato da|inviato dal|inviato con|inviato tramite|scarica outlook|ottenere outlook|' +
  'verzonden vanaf|verzonden met|verstuurd vanaf|verstuurd met|verzonden via|outlook voor|' +
  'skickat från|skickat med|skickat via|sendt fra|sendt med|sendt via|hanki outlook|hämta outlook|hent outlook|lähetetty|' +
  'wysłane z|wysłano z|wysłane przez|pobierz program outlook|odesláno z|odesláno pomocí|posláno z|odoslané z|' +
  'elküldve|küldve|trimis de pe|trimis din|изпратено от|poslano z|poslato sa|poslano s|послато са|' +
  'отправлено с|отправлено из|отправлено через|надіслано з|надіслано через|στάλθηκε από|απεσταλμένα από|' +
  'iphone’umdan|ipad’imden gönderildi|gönderildi|أرسلت من|تم الإرسال من|مرسل من|נשלח מ|נשלח מה|فرستاده شده از|' +
  '发自我的|从我的|通过我的|發自我的|從我的|傳送自|iphoneから送信|ipadから送信|androidから送信|から送信|나의 iphone에서 보냄|내 iphone에서 보냄|' +
  'gửi từ|được gửi từ|dikirim dari|dihantar dari|ส่งจาก|enviat des|saadetud|nosūtīts no|išsiųsta iš|get the new|sent from yahoo|' +
  'sent a magnificent'

/** Closings after which a name is all that follows. */
const signOffs =
  'regards|best regards|kind regards|warm regards|many regards|with regards|with kind regards|with best regards|kindest regards|best|all the best|' +
  'thanks|thank you|many thanks|thanks a lot|thanks again|thx|cheers|sincerely|sincerely yours|yours sincerely|yours truly|yours faithfully|' +
  'best wishes|warmly|respectfully|cordially|rgds|br|kr|' +
  'mfg|lg|vg|viele grüße|viele grüsse|mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|freundliche grüsse|beste grüße|' +
  'liebe grüße|schöne grüße|herzliche grüße|gruß|grüße|danke|vielen dank|besten dank|mit besten grüßen|' +
  'cordialement|bien cordialement|bien à vous|salutations|meilleures salutations|merci|merci beaucoup|sincères salutations|' +
  'saludos|un saludo|atentamente|saludos cordiales|cordiales saludos|gracias|muchas gracias|' +
  'cordiali saluti|distinti saluti|saluti|grazie|un saluto|cordialmente|' +
  'atenciosamente|cumprimentos|com os melhores cumprimentos|obrigado|obrigada|abraços|att|melhores cumprimentos|' +
  'groet|groeten|met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|hartelijke groet|mvg|bedankt|' +
  'mvh|kh|kærlig hilsen|med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|hälsningar|tack|' +
  'med venlig hilsen|venlig hilsen|hilsen|mvh|med vennlig hilsen|vennlig hilsen|takk|tak|' +
  'z powazaniem|serdecznie pozdrawiam|ystävällisin terveisin|terveisin|kiitos|t|pozdrawiam|z poważaniem|pozdrowienia|dziękuję|s pozdravem|s pozdravom|děkuji|ďakujem|' +
  'üdvözlettel|köszönettel|cu stimă|mulțumesc|с уважением|спасибо|з повагою|дякую|поздрави|lijep pozdrav|lep pozdrav|pozdrav|' +
  'με εκτίμηση|ευχαριστώ|saygılarımla|iyi çalışmalar|teşekkürler|trân trọng|salam|hormat saya|terima kasih'

/** Letters of a line that may be one of these. */
const maxLine = 120

const sentFromWords = sentFrom.split('|')
const signOffWords = new Set(signOffs.split('|'))

/** Where people write of themselves. */
const fromNoDevice = /^sent from my (?:desk|office|home|couch|bed|heart|house|room|chair)\b/

/** True for the line a device or program adds about itself. */
export function isSentFrom(line: string): boolean {
  if (line.length > maxLine * 2) return false
  const lower = withoutAround(line.toLowerCase(), ' ([{*_<->)]}.!…')
  if (fromNoDevice.test(lower.slice(0, 40))) return false
  return (
    sentFromWords.some((words) => lower.startsWith(words)) ||
    sentFromEndings.some((words) => lower.endsWith(words))
  )
}

const sentFromEndings = ['から送信', '에서 보냄', 'gönderildi']

/** True for a closing such as "Best regards," alone in its line. */
export function isSignOff(line: string): boolean {
  if (line.length > 60) return false
  return signOffWords.has(withoutAround(line.toLowerCase(), ' \t*_.,!;:–—-').replace(/\s+/g, ' '))
}

function withoutAround(text: string, letters: string): string {
  let from = 0
  let to = text.length
  while (from < to && letters.includes(text[from] as string)) from += 1
  while (to > from && letters.includes(text[to - 1] as string)) to -= 1
  return text.slice(from, to)
}
