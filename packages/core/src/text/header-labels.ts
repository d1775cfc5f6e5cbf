// The words mail programs write before the fields of a mail they quote or forward: Outlook, Gmail, Apple Mail,
// Thunderbird, Yahoo and the web mailers of each country. One row a language, forms parted by `|`.

/** What a line of a header block says; several words of one language may stand for the same. */
export type HeaderBlockField =
  | 'from'
  | 'date'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'subject'
  | 'reply-to'
  | 'sender'
  | 'importance'
  | 'attachments'
  | 'message-id'
  | 'organization'
  /** `Resent-Date:` and what else a header has; may stand several times. */
  | 'other'

/** What a label can mean: in `language`, the field `field`. */
export interface LabelMeaning {
  readonly language: string
  readonly field: HeaderBlockField
}

type Labels = Readonly<Partial<Record<HeaderBlockField, string>>>

const labels: Readonly<Record<string, Labels>> = {
  en: {
    from: 'From|Author',
    date: 'Date|Sent|Sent on|Sent at|Date sent|Sent date|Time',
    to: 'To|Recipient|Recipients',
    cc: 'Cc|C.c.|Copy|Copy to',
    bcc: 'Bcc',
    subject: 'Subject|Title|Topic',
    'reply-to': 'Reply-To|Reply to|Respond to|Please respond to',
    sender: 'Sender|Sent by|On behalf of|Resent-From',
    importance: 'Importance|Priority|Sensitivity|Categories',
    attachments: 'Attachments|Attachment|Attached',
    'message-id': 'Message-ID',
    organization: 'Organization|Organisation|Newsgroups|Mailing list|List-ID',
  },
  de: {
    from: 'Von|Absender',
    date: 'Gesendet|Datum|Gesendet am|Versendet|Versandt|Verschickt|Sendezeit|Zeit',
    to: 'An|Empfänger',
    cc: 'Kopie|Kopie an',
    bcc: 'Blindkopie|Blindkopie an',
    subject: 'Betreff|Betr.|Thema',
    'reply-to': 'Antwort an|Antworten an|Antwortadresse|Bitte Antwort an',
    sender: 'Gesendet von|Im Auftrag von',
    importance: 'Wichtigkeit|Priorität|Vertraulichkeit|Kategorien',
    attachments: 'Anlagen|Anlage|Anhang|Anhänge',
    organization: 'Organisation',
  },
  fr: {
    from: 'De|Expéditeur|Émetteur',
    date: "Envoyé|Date|Envoyé le|Envoyée|Date d'envoi|Date d’envoi",
    to: 'À|Pour|Destinataire|Destinataires',
    cc: 'Copie|Copie à|Copies',
    bcc: 'Cci|Copie cachée',
    subject: 'Objet|Sujet',
    'reply-to': 'Répondre à|Réponse à|Veuillez répondre à',
    sender: 'Envoyé par',
    importance: 'Importance|Priorité',
    attachments: 'Pièces jointes|Pièce jointe|PJ|P.J.',
    organization: 'Organisation',
  },
  es: {
    from: 'De|Remitente|Desde',
    date: 'Enviado|Fecha|Enviado el|Enviada|Enviado a las|Fecha de envío',
    to: 'Para|A|Destinatario|Destinatarios',
    cc: 'Copia|Con copia|Con copia a',
    bcc: 'Cco|Copia oculta',
    subject: 'Asunto|Tema',
    'reply-to': 'Responder a|Respuesta a|Responder',
    sender: 'Enviado por',
    importance: 'Importancia|Prioridad',
    attachments: 'Datos adjuntos|Adjuntos|Adjunto|Archivos adjuntos|Archivo adjunto',
    organization: 'Organización',
  },
  it: {
    from: 'Da|Mittente',
    date: 'Inviato|Data|Inviato il|Inviata|Inviato in data|Data invio|Data di invio',
    to: 'A|Per|Destinatario|Destinatari',
    cc: 'Copia|Copia a|Per conoscenza|P.c.',
    bcc: 'Ccn',
    subject: 'Oggetto|Soggetto',
    'reply-to': 'Rispondi a|Risposta a',
    sender: 'Inviato da|Per conto di',
    importance: 'Importanza|Priorità',
    attachments: 'Allegati|Allegato',
    organization: 'Organizzazione',
  },
  'pt-PT': {
    from: 'De|Remetente',
    date: 'Enviado|Data|Enviada|Enviado a|Enviado em|Enviada em|Data de envio|Data do envio',
    to: 'Para|Destinatário|Destinatários',
    cc: 'Cópia',
    bcc: 'Cco|Cópia oculta',
    subject: 'Assunto',
    'reply-to': 'Responder a|Resposta a',
    importance: 'Importância|Prioridade',
    attachments: 'Anexos|Anexo|Ficheiros anexos',
  },
  'pt-BR': {
    from: 'De|Remetente',
    date: 'Enviado|Data|Enviada|Enviada em|Enviado em|Enviado às|Data de envio|Data do envio',
    to: 'Para|Destinatário|Destinatários',
    cc: 'C/c|Cópia|Com cópia',
    bcc: 'Cco|Cópia oculta',
    subject: 'Assunto',
    'reply-to': 'Responder a|Responder para',
    sender: 'Enviado por|Em nome de',
    importance: 'Importância|Prioridade',
    attachments: 'Anexos|Anexo|Arquivos anexados',
  },
  nl: {
    from: 'Van|Afzender',
    date: 'Verzonden|Datum|Verstuurd|Verzonden op|Verzonddatum|Tijd',
    to: 'Aan|Naar|Ontvanger|Geadresseerde',
    cc: 'Kopie|Kopie aan',
    subject: 'Onderwerp|Betreft',
    'reply-to': 'Antwoord aan|Beantwoorden aan|Antwoordadres|Antwoorden aan',
    sender: 'Namens|Verzonden door',
    importance: 'Urgentie|Prioriteit|Belang|Belangrijkheid',
    attachments: 'Bijlagen|Bijlage',
    organization: 'Organisatie',
  },
  sv: {
    from: 'Från|Avsändare',
    date: 'Skickat|Datum|Skickades|Sänt|Skickad',
    to: 'Till|Mottagare',
    cc: 'Kopia|Kopia till',
    bcc: 'Hemlig kopia',
    subject: 'Ämne|Ärende|Rubrik',
    'reply-to': 'Svara till|Svar till|Svarsadress',
    importance: 'Prioritet|Angelägenhet|Viktighetsgrad',
    attachments: 'Bilagor|Bilaga|Bifogade filer|Bifogad fil',
    organization: 'Organisation',
  },
  da: {
    from: 'Fra|Afsender',
    date: 'Sendt|Dato|Afsendt|Sendt den',
    to: 'Til|Modtager',
    cc: 'Kopi|Kopi til',
    subject: 'Emne|Vedrørende|Vedr.',
    'reply-to': 'Svar til|Besvar til',
    importance: 'Prioritet|Vigtighed',
    attachments: 'Vedhæftede filer|Vedhæftet fil|Bilag|Vedhæftet',
  },
  nb: {
    from: 'Fra|Avsender',
    date: 'Sendt|Dato|Sendt den',
    to: 'Til|Mottaker',
    cc: 'Kopi|Kopi til',
    bcc: 'Blindkopi',
    subject: 'Emne|Tittel',
    'reply-to': 'Svar til|Svaradresse',
    importance: 'Viktighet|Prioritet',
    attachments: 'Vedlegg',
  },
  nn: {
    from: 'Frå|Avsendar',
    date: 'Sendt|Dato',
    to: 'Til',
    cc: 'Kopi',
    subject: 'Emne',
    attachments: 'Vedlegg',
  },
  is: {
    from: 'Frá|Sendandi',
    date: 'Sent|Dagsetning|Dags|Dags.',
    to: 'Til|Viðtakandi',
    cc: 'Afrit',
    subject: 'Efni',
    'reply-to': 'Svara til',
    attachments: 'Viðhengi',
  },
  fi: {
    from: 'Lähettäjä|Keneltä',
    date: 'Lähetetty|Päivämäärä|Päiväys|Pvm|Lähetysaika',
    to: 'Vastaanottaja|Vastaanottajat|Kenelle|Saaja',
    cc: 'Kopio|Kopiot|Tiedoksi',
    bcc: 'Piilokopio',
    subject: 'Aihe|Otsikko',
    'reply-to': 'Vastausosoite|Vastaa osoitteeseen|Vastaa',
    importance: 'Tärkeys|Prioriteetti|Tärkeysaste',
    attachments: 'Liitteet|Liite',
  },
  pl: {
    from: 'Od|Nadawca',
    date: 'Wysłano|Data|Wysłane|Wysłana|Data wysłania|Wysłany',
    to: 'Do|Adresat|Odbiorca',
    cc: 'DW|Do wiadomości|Kopia|Kopia do',
    bcc: 'UDW|Ukryte do wiadomości',
    subject: 'Temat|Tytuł',
    'reply-to': 'Odpowiedź do|Odpowiedz do',
    importance: 'Ważność|Priorytet',
    attachments: 'Załączniki|Załącznik',
  },
  cs: {
    from: 'Od|Odesílatel|Odesilatel',
    date: 'Odesláno|Datum|Odeslané|Datum odeslání',
    to: 'Komu|Příjemce|Adresát|Pro',
    cc: 'Kopie',
    bcc: 'Skrytá|Skrytá kopie',
    subject: 'Předmět|Věc',
    'reply-to': 'Odpovědět komu|Odpověď komu|Odpovědět|Odpověď na',
    importance: 'Důležitost|Priorita',
    attachments: 'Přílohy|Příloha',
  },
  sk: {
    from: 'Od|Odosielateľ',
    date: 'Odoslané|Dátum|Poslané|Dátum odoslania',
    to: 'Komu|Príjemca|Adresát|Pre',
    cc: 'Kópia|Kópie',
    bcc: 'Skrytá kópia',
    subject: 'Predmet|Vec',
    'reply-to': 'Odpovedať komu|Odpovedať|Odpoveď na',
    importance: 'Dôležitosť|Priorita',
    attachments: 'Prílohy|Príloha',
  },
  hu: {
    from: 'Feladó|Küldő|Kitől',
    date: 'Elküldve|Dátum|Küldve|Küldés ideje|Küldés dátuma|Időpont',
    to: 'Címzett|Címzettek|Kinek',
    cc: 'Másolatot kap|Másolatot kapja|Másolat',
    bcc: 'Titkos másolat|Titkos másolatot kap',
    subject: 'Tárgy',
    'reply-to': 'Válaszcím|Válasz|Válasz ide',
    importance: 'Fontosság|Prioritás',
    attachments: 'Melléklet|Mellékletek|Csatolmány|Csatolmányok',
  },
  ro: {
    from: 'De la|Expeditor|Din partea',
    date: 'Trimis|Data|Dată|Trimisă|Trimis la|Trimis pe|Data trimiterii',
    to: 'Către|Pentru|La|Destinatar|Destinatari',
    cc: 'Copie|Copie către',
    bcc: 'Copie ascunsă',
    subject: 'Subiect|Subiectul',
    'reply-to': 'Răspuns către|Răspunde la|Răspundeți la',
    importance: 'Importanță|Prioritate',
    attachments: 'Atașări|Atașare|Atașamente|Fișiere atașate',
  },
  bg: {
    from: 'От|Подател|От кого',
    date: 'Изпратено|Дата|Изпратен|Изпратена|Изпратено на',
    to: 'До|Получател|Кому|На',
    cc: 'Копие|Копие до|Як',
    bcc: 'Скрито копие',
    subject: 'Тема|Относно|Заглавие',
    'reply-to': 'Отговор до|Отговор на|Отговори на',
    importance: 'Важност|Приоритет',
    attachments: 'Прикачени файлове|Прикачен файл|Приложения',
  },
  mk: {
    from: 'Од|Испраќач',
    date: 'Испратено|Датум|Пратено',
    to: 'До|За|Примач',
    cc: 'Копија',
    subject: 'Тема|Предмет|Наслов',
    attachments: 'Прилози',
  },
  hr: {
    from: 'Od|Šalje|Pošiljatelj|Šiljatelj',
    date: 'Poslano|Datum|Poslao|Vrijeme slanja|Datum slanja',
    to: 'Za|Prima|Primatelj|Kome',
    cc: 'Kopija|Kopija za',
    bcc: 'Skrivena kopija',
    subject: 'Predmet|Naslov|Tema',
    'reply-to': 'Odgovor na|Odgovori na|Odgovori',
    importance: 'Važnost|Prioritet',
    attachments: 'Privitak|Privici|Prilozi|Prilog',
  },
  sr: {
    from: 'Od|Šalje|Pošiljalac|Од|Шаље|Пошиљалац',
    date: 'Poslato|Datum|Poslat|Послато|Датум|Послат|Datum slanja|Датум слања',
    to: 'Za|Prima|Kome|Primalac|За|Прима|Коме|Прималац',
    cc: 'Kopija|Копија',
    subject: 'Naslov|Tema|Predmet|Наслов|Тема|Предмет',
    'reply-to': 'Odgovor na|Одговор на',
    importance: 'Važnost|Важност',
    attachments: 'Prilozi|Прилози|Prilog|Прилог',
  },
  sl: {
    from: 'Od|Pošiljatelj',
    date: 'Poslano|Datum|Datum pošiljanja',
    to: 'Za|Komu|Prejemnik',
    cc: 'Kp|V vednost|Kopija',
    bcc: 'Skp',
    subject: 'Zadeva|Predmet',
    'reply-to': 'Odgovor za|Odgovori na',
    importance: 'Pomembnost|Prednost',
    attachments: 'Priloge|Priloga',
  },
  sq: {
    from: 'Nga|Dërguesi',
    date: 'Dërguar|Data|Dërguar më',
    to: 'Për|Te|Marrësi',
    subject: 'Subjekti|Tema|Titulli',
  },
  uk: {
    from: 'Від|Від кого|Відправник|От|От кого',
    date: 'Надіслано|Дата|Відправлено|Дата відправлення|Дата надсилання',
    to: 'Кому|До|Одержувач|Отримувач',
    cc: 'Копія|Копии',
    bcc: 'Прихована копія',
    subject: 'Тема',
    'reply-to': 'Відповісти|Кому відповісти|Відповідь',
    importance: 'Важливість|Пріоритет',
    attachments: 'Вкладення|Долучення|Прикріплені файли',
  },
  ru: {
    from: 'От|От кого|Отправитель|От кого письмо',
    date: 'Отправлено|Дата|Отправлен|Послано|Дата отправки|Дата отправления|Время|Когда',
    to: 'Кому|Получатель|Получатели|Для',
    cc: 'Копия|Копии',
    bcc: 'Скрытая копия|Скрытая',
    subject: 'Тема',
    'reply-to': 'Ответить|Кому ответить|Ответить на|Обратный адрес|Адрес для ответа',
    importance: 'Важность|Приоритет',
    attachments: 'Вложения|Вложение|Прикреплённые файлы',
    organization: 'Организация',
  },
  be: {
    from: 'Ад|Адпраўнік|Ад каго',
    date: 'Адпраўлена|Дата|Даслана',
    to: 'Каму',
    cc: 'Копія',
    subject: 'Тэма',
  },
  el: {
    from: 'Από|Αποστολέας',
    date: 'Στάλθηκε|Ημερομηνία|Ημ/νία|Εστάλη|Απεστάλη|Αποστολή',
    to: 'Προς|Παραλήπτης|Παραλήπτες',
    cc: 'Κοιν|Κοιν.|Κοινοποίηση',
    bcc: 'Ιδιαίτερη κοινοποίηση|Κρυφή κοινοποίηση',
    subject: 'Θέμα',
    'reply-to': 'Απάντηση προς|Απάντηση σε|Απάντηση',
    importance: 'Σημασία|Προτεραιότητα|Σπουδαιότητα',
    attachments: 'Συνημμένα|Συνημμένο',
  },
  tr: {
    from: 'Kimden|Gönderen',
    date: 'Gönderildi|Tarih|Gönderme Tarihi|Gönderim Tarihi|Gönderilme Tarihi|Gönderilen|Gönderilme zamanı',
    to: 'Kime|Alıcı|Alıcılar',
    cc: 'Bilgi',
    bcc: 'Gizli',
    subject: 'Konu|Başlık',
    'reply-to': 'Yanıtla|Yanıt adresi|Yanıtlama Adresi|Yanıtlanacak adres',
    importance: 'Önem|Önem Derecesi|Öncelik',
    attachments: 'Ekler|Ek',
  },
  az: { from: 'Kimdən|Göndərən', date: 'Göndərildi|Tarix|Göndərilib', to: 'Kimə|Alıcı', subject: 'Mövzu' },
  ar: {
    from: 'من|المرسل',
    date: 'تاريخ الإرسال|تم الإرسال|التاريخ|تاريخ|مرسل|أرسلت|أرسل|الإرسال|أرسلت في|مرسلة|تم الإرسال في',
    to: 'إلى|الى|المستلم|المستلمون',
    cc: 'نسخة|نسخة إلى|نسخة كربونية|النسخة',
    bcc: 'نسخة مخفية|نسخة مخفية الوجهة',
    subject: 'الموضوع|موضوع|العنوان',
    'reply-to': 'الرد على|الرد إلى|رد إلى',
    importance: 'الأهمية|الأولوية',
    attachments: 'المرفقات|مرفقات|المرفق',
  },
  he: {
    from: 'מאת|מ|מ-|השולח|שולח',
    date: 'נשלח|תאריך|נשלח ב|נשלח בתאריך|בתאריך|תאריך שליחה',
    to: 'אל|ל|לכבוד|עבור|נמען|נמענים',
    cc: 'עותק|העתק|העתקים|עותק אל',
    bcc: 'עותק מוסתר',
    subject: 'נושא|הנדון',
    'reply-to': 'השב אל|השב ל|תשובה אל',
    importance: 'חשיבות|עדיפות',
    attachments: 'קבצים מצורפים|קובץ מצורף|צרופות',
  },
  fa: {
    from: 'از|فرستنده|از طرف',
    date: 'ارسال شده|ارسال‌شده|تاریخ|ارسال|فرستاده شده|تاریخ ارسال|زمان',
    to: 'به|گیرنده|گیرندگان',
    cc: 'رونوشت|رونوشت به',
    subject: 'موضوع|عنوان',
    'reply-to': 'پاسخ به',
    importance: 'اهمیت|اولویت',
    attachments: 'پیوست‌ها|پیوست|ضمیمه',
  },
  hi: {
    from: 'प्रेषक|से|की ओर से|द्वारा|इनकी ओर से',
    date: 'भेजा गया|दिनांक|तारीख|तिथि|भेजने का समय|भेजे गए',
    to: 'प्राप्तकर्ता|को|प्रति|सेवा में|प्रेषिती',
    cc: 'प्रतिलिपि|कॉपी',
    subject: 'विषय',
    'reply-to': 'जवाब दें|उत्तर दें',
    importance: 'महत्व|प्राथमिकता',
    attachments: 'संलग्नक|अनुलग्नक|अटैचमेंट',
  },
  'zh-CN': {
    from: '发件人|发信人|寄件人|发送人|发送者|来自|发自',
    date: '发送时间|日期|时间|发送日期|发件日期|发件时间|已发送|发送|发信时间',
    to: '收件人|收信人|接收人|至|发送至|到',
    cc: '抄送|抄送人',
    bcc: '密送|暗送',
    subject: '主题|标题',
    'reply-to': '回复|回复至|答复|回复地址',
    importance: '重要性|优先级|敏感度',
    attachments: '附件',
  },
  'zh-TW': {
    from: '寄件者|寄件人|寄信人|發件人|發信人|從|自',
    date: '傳送時間|寄件日期|日期|傳送日期|時間|寄送日期|寄件時間|已傳送|傳送|寄信日期|發送時間',
    to: '收件者|收件人|收信人|至|到',
    cc: '副本|抄送|副本抄送',
    bcc: '密件副本|密件抄送',
    subject: '主旨|主題|標題',
    'reply-to': '回覆|回覆至|回覆地址',
    importance: '重要性|優先順序|敏感度',
    attachments: '附件|附加檔案',
  },
  ja: {
    from: '差出人|送信者|送信元|発信者|発信元',
    date: '送信日時|日付|日時|送信日|送信|送信時刻',
    to: '宛先|受信者|宛て先|送信先|あて先',
    bcc: 'ブラインドカーボンコピー',
    cc: 'カーボンコピー|写し',
    subject: '件名|題名|タイトル|表題',
    'reply-to': '返信先',
    importance: '重要度|優先度',
    attachments: '添付ファイル|添付',
  },
  ko: {
    from: '보낸 사람|보낸이|보낸 이|발신|발신자|발신인|보내는 사람',
    date: '보낸 날짜|날짜|보낸 시간|보낸 일시|일시|발송일|전송 시간|보냄|보낸 일자|발송 시간',
    to: '받는 사람|받는이|받는 이|수신|수신자|수신인|받은 사람',
    cc: '참조|참조인',
    bcc: '숨은 참조|비밀 참조',
    subject: '제목',
    'reply-to': '회신|회신 주소|답장 받는 사람',
    importance: '중요도|우선 순위',
    attachments: '첨부 파일|첨부',
  },
  vi: {
    from: 'Từ|Người gửi',
    date: 'Ngày|Đã gửi|Gửi|Ngày gửi|Thời gian|Gửi lúc|Đã gửi lúc|Vào lúc',
    to: 'Đến|Tới|Người nhận|Gửi đến|Gửi tới',
    cc: 'Đồng gửi|Sao gửi|Đồng kính gửi',
    subject: 'Chủ đề|Tiêu đề',
    'reply-to': 'Trả lời|Trả lời tới',
    importance: 'Tầm quan trọng|Quan trọng|Ưu tiên',
    attachments: 'Tệp đính kèm|Đính kèm|Phần đính kèm',
  },
  th: {
    from: 'จาก|ผู้ส่ง',
    date: 'วันที่|ส่ง|ส่งเมื่อ|วันที่ส่ง|ส่งแล้ว',
    to: 'ถึง|ผู้รับ',
    cc: 'สำเนา|สำเนาถึง',
    bcc: 'สำเนาลับ|สำเนาลับถึง',
    subject: 'เรื่อง|หัวเรื่อง|หัวข้อ|ชื่อเรื่อง',
    'reply-to': 'ตอบกลับ|ตอบกลับไปที่|ตอบกลับถึง',
    importance: 'ความสำคัญ',
    attachments: 'สิ่งที่แนบมา|ไฟล์แนบ|แนบ',
  },
  id: {
    from: 'Dari|Pengirim',
    date: 'Terkirim|Tanggal|Dikirim|Dikirim pada|Tgl',
    to: 'Kepada|Ke|Untuk|Penerima',
    cc: 'Tembusan|Salinan',
    subject: 'Subjek|Perihal|Hal|Judul',
    'reply-to': 'Balas ke|Balas kepada',
    importance: 'Kepentingan|Prioritas|Pentingnya',
    attachments: 'Lampiran',
  },
  ms: {
    from: 'Daripada|Dari',
    date: 'Dihantar|Tarikh|Dihantar pada',
    to: 'Kepada|Ke|Untuk',
    cc: 'Salinan|Sk|Salinan kepada',
    subject: 'Subjek|Perkara|Tajuk',
    attachments: 'Lampiran',
  },
  et: {
    from: 'Saatja|Kellelt',
    date: 'Saadetud|Kuupäev|Saatmisaeg',
    to: 'Adressaat|Saaja|Kellele',
    cc: 'Koopia',
    subject: 'Teema|Pealkiri',
    'reply-to': 'Vasta|Vastus',
    importance: 'Tähtsus|Prioriteet',
    attachments: 'Manused|Manus',
  },
  lv: {
    from: 'No|Sūtītājs',
    date: 'Nosūtīts|Datums|Sūtīts|Sūtīšanas datums',
    to: 'Kam|Adresāts|Saņēmējs',
    cc: 'Kopija',
    subject: 'Tēma|Temats|Temata',
    'reply-to': 'Atbildēt|Atbilde',
    importance: 'Svarīgums|Svarīgi|Prioritāte',
    attachments: 'Pielikumi|Pielikums',
  },
  lt: {
    from: 'Nuo|Siuntėjas',
    date: 'Išsiųsta|Data|Siųsta|Išsiuntimo data',
    to: 'Kam|Iki|Gavėjas|Skirta',
    cc: 'Kopija',
    subject: 'Tema',
    'reply-to': 'Atsakyti|Atsakymas',
    importance: 'Svarba|Prioritetas',
    attachments: 'Priedai|Priedas',
  },
  ca: {
    from: 'De|Remitent',
    date: "Enviat|Data|Enviat el|Data d'enviament|Enviada",
    to: 'Per a|Per|A|Destinatari|Destinatària',
    cc: 'A/c|Còpia',
    subject: 'Assumpte|Tema',
    'reply-to': 'Respon a|Respondre a',
    importance: 'Importància|Prioritat',
    attachments: 'Adjuncions|Fitxers adjunts|Adjunts',
  },
  gl: {
    from: 'De|Remitente',
    date: 'Enviado|Data|Enviado o',
    to: 'Para|A|Destinatario',
    cc: 'Copia',
    subject: 'Asunto',
    attachments: 'Anexos',
  },
  eu: {
    from: 'Nork|Bidaltzailea|Nondik|Igorlea',
    date: 'Bidalita|Data|Bidalia|Bidaltze-data',
    to: 'Nori|Hartzailea|Nora',
    cc: 'Kopia',
    subject: 'Gaia',
    attachments: 'Eranskinak',
  },
  ka: { from: 'ვისგან|გამომგზავნი', date: 'გაგზავნილია|თარიღი', to: 'ვის|მიმღები|ადრესატი', subject: 'თემა' },
}

/** Longest label there is, in letters as written with spaces and marks around. */
export const maxLabelLength = 48

const invisible = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g

/** The form labels are compared in: no accents, no spaces, no marks of direction; lower case. */
function foldLabel(label: string): string {
  return label
    .normalize('NFKD')
    .replace(invisible, '')
    .replace(/[\p{M}\s]/gu, '')
    .toLowerCase()
}

const meanings: ReadonlyMap<string, readonly LabelMeaning[]> = (() => {
  const found = new Map<string, LabelMeaning[]>()
  for (const [language, row] of Object.entries(labels)) {
    for (const [field, forms] of Object.entries(row) as [HeaderBlockField, string][]) {
      for (const form of forms.split('|')) {
        const folded = foldLabel(form)
        const known = found.get(folded) ?? []
        const said = known.some((meaning) => meaning.language === language && meaning.field === field)
        if (!said) known.push({ language, field })
        found.set(folded, known)
      }
    }
  }
  return found
})()

/** A field name of RFC 5322 §2.2 with a hyphen, as no word of prose before a colon. */
const headerName = /^[A-Za-z]{1,20}(?:-[A-Za-z\d]{1,20}){1,4}$/
const other: readonly LabelMeaning[] = [{ language: 'en', field: 'other' }]

/** What a label means in every language that has it, or the name of a header field with a hyphen; none for a word that is no label. Give it without its colon. */
export function meaningsOfLabel(label: string): readonly LabelMeaning[] {
  if (label.length > maxLabelLength) return []
  return meanings.get(foldLabel(label)) ?? (headerName.test(label) ? other : [])
}

/** Codes of all languages in the table. @internal */
export const labelLanguages: readonly string[] = Object.keys(labels)

/** The words of one language for one field, in the order of the table. @internal */
export function labelsOf(language: string, field: HeaderBlockField): readonly string[] {
  return labels[language]?.[field]?.split('|') ?? []
}
