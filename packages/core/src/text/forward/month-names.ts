// Month names as mail programs write them into the date of a forwarded mail: January to December, with the forms that
// follow a day (genitive) and abbreviations that are no beginning of the name after `/`.

const names: Readonly<Record<string, string>> = {
  en: 'january february march april may june july august september october november december',
  de: 'januar/jänner februar/feber märz/mrz april mai juni juli august september oktober november dezember',
  fr: 'janvier février mars avril mai juin juillet/jul août septembre octobre novembre décembre',
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre/setiembre/set octubre noviembre diciembre',
  it: 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'pt-PT': 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
  'pt-BR': 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
  nl: 'januari februari maart/mrt april mei juni juli augustus september oktober november december',
  sv: 'januari februari mars april maj juni juli augusti september oktober november december',
  da: 'januar februar marts april maj juni juli august september oktober november december',
  nb: 'januar februar mars april mai juni juli august september oktober november desember',
  nn: 'januar februar mars april mai juni juli august september oktober november desember',
  is: 'janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember',
  fi: 'tammikuu/tammikuuta helmikuu/helmikuuta maaliskuu/maaliskuuta huhtikuu/huhtikuuta toukokuu/toukokuuta kesäkuu/kesäkuuta heinäkuu/heinäkuuta elokuu/elokuuta syyskuu/syyskuuta lokakuu/lokakuuta marraskuu/marraskuuta joulukuu/joulukuuta',
  pl: 'styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja czerwiec/czerwca lipiec/lipca sierpień/sierpnia wrzesień/września październik/października listopad/listopada grudzień/grudnia',
  cs: 'leden/ledna únor/února březen/března duben/dubna květen/května červen/června červenec/července srpen/srpna září říjen/října listopad/listopadu prosinec/prosince',
  sk: 'január/januára február/februára marec/marca apríl/apríla máj/mája jún/júna júl/júla august/augusta september/septembra október/októbra november/novembra december/decembra',
  hu: 'január február március április május június július augusztus szeptember október november december',
  ro: 'ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie',
  bg: 'януари февруари март април май юни юли август септември октомври ноември декември',
  mk: 'јануари февруари март април мај јуни јули август септември октомври ноември декември',
  hr: 'siječanj/siječnja veljača/veljače ožujak/ožujka travanj/travnja svibanj/svibnja lipanj/lipnja srpanj/srpnja kolovoz/kolovoza rujan/rujna listopad/listopada studeni/studenoga/studenog prosinac/prosinca',
  sr: 'januar/јануар februar/фебруар mart/март april/април maj/мај jun/jun/јун jul/јул avgust/август septembar/септембар oktobar/октобар novembar/новембар decembar/децембар',
  sl: 'januar/januarja februar/februarja marec/marca april/aprila maj/maja junij/junija julij/julija avgust/avgusta september/septembra oktober/oktobra november/novembra december/decembra',
  sq: 'janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor',
  uk: 'січень/січня лютий/лютого березень/березня квітень/квітня травень/травня червень/червня липень/липня серпень/серпня вересень/вересня жовтень/жовтня листопад/листопада грудень/грудня',
  ru: 'январь/января февраль/февраля март/марта апрель/апреля май/мая июнь/июня июль/июля август/августа сентябрь/сентября октябрь/октября ноябрь/ноября декабрь/декабря',
  be: 'студзень/студзеня люты/лютага сакавік/сакавіка красавік/красавіка май/мая чэрвень/чэрвеня ліпень/ліпеня жнівень/жніўня верасень/верасня кастрычнік/кастрычніка лістапад/лістапада снежань/снежня',
  el: 'ιανουάριος/ιανουαρίου φεβρουάριος/φεβρουαρίου μάρτιος/μαρτίου απρίλιος/απριλίου μάιος/μαΐου ιούνιος/ιουνίου ιούλιος/ιουλίου αύγουστος/αυγούστου σεπτέμβριος/σεπτεμβρίου οκτώβριος/οκτωβρίου νοέμβριος/νοεμβρίου δεκέμβριος/δεκεμβρίου',
  tr: 'ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık',
  az: 'yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr',
  ar: 'يناير فبراير مارس أبريل/ابريل مايو يونيو يوليو أغسطس/اغسطس سبتمبر أكتوبر/اكتوبر نوفمبر ديسمبر',
  he: 'ינואר/בינואר פברואר/בפברואר מרץ/במרץ/מרס/במרס אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר',
  fa: 'ژانویه فوریه مارس آوریل مه/می ژوئن ژوئیه/جولای اوت/آگوست سپتامبر اکتبر نوامبر دسامبر',
  hi: 'जनवरी फ़रवरी/फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर/अक्तूबर नवंबर/नवम्बर दिसंबर/दिसम्बर',
  th: 'มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม',
  id: 'januari februari maret april mei juni juli agustus/agt september oktober november desember',
  ms: 'januari februari mac april mei jun julai ogos september oktober november disember',
  et: 'jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember',
  lv: 'janvāris/janvārī februāris/februārī marts/martā aprīlis/aprīlī maijs/maijā jūnijs/jūnijā jūlijs/jūlijā augusts/augustā septembris/septembrī oktobris/oktobrī novembris/novembrī decembris/decembrī',
  lt: 'sausis/sausio vasaris/vasario kovas/kovo balandis/balandžio gegužė/gegužės birželis/birželio liepa/liepos rugpjūtis/rugpjūčio rugsėjis/rugsėjo spalis/spalio lapkritis/lapkričio gruodis/gruodžio',
  ca: 'gener febrer març abril maig juny juliol agost/ag setembre octubre novembre desembre',
  gl: 'xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro',
  ka: 'იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი',
}

/** Thai abbreviations have dots inside, which would part them. */
const thaiAbbreviations = 'ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.'.split(' ')

/** Abbreviated days of the week that read like a month in the same language: mardi, maandag, szerda, середа. */
const daysLikeMonths = new Set(
  ['mar', 'mart', 'maa', 'maan', 'sze', 'szer', 'sre', 'kes', 'сер', 'сере', 'лис', 'мар'].map(foldWord),
)

/** Shortest abbreviation of a month. */
const minAbbreviation = 3

/** Lower case, without the accents of Latin, Greek and Cyrillic letters; the vowel signs of other scripts stay. */
export function foldWord(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/ı/g, 'i')
    .normalize('NFC')
}

/** A text with the Thai abbreviations of months written out. */
export function withThaiMonths(text: string): string {
  if (!/[\u0e00-\u0e7f]/.test(text)) return text
  const full = (names.th as string).split(' ')
  return thaiAbbreviations.reduce(
    (rest, short, month) => rest.replace(foldWord(short), ` ${full[month]} `),
    text,
  )
}

export function isDayLikeMonth(word: string): boolean {
  return daysLikeMonths.has(word)
}

/**
 * The month (1–12) a word stands for in one of the languages; undefined when it is none or the languages disagree.
 * English counts in every language. `word` is folded.
 */
export function monthOf(word: string, languages: readonly string[]): number | undefined {
  const readings = months.get(word)
  if (!readings) return undefined
  const said = languages.length === 0 ? undefined : only(readings, languages)
  return said ?? only(readings, ['en']) ?? (languages.length === 0 ? only(readings, null) : undefined)
}

function only(readings: readonly Reading[], languages: readonly string[] | null): number | undefined {
  const fitting = readings.filter(({ language }) => !languages || languages.includes(language))
  const whole = fitting.filter(({ exact }) => exact)
  const found = new Set((whole.length > 0 ? whole : fitting).map(({ month }) => month))
  return found.size === 1 ? [...found][0] : undefined
}

interface Reading {
  readonly language: string
  readonly month: number
  /** A whole name rather than an abbreviation. */
  readonly exact: boolean
}

const months: ReadonlyMap<string, readonly Reading[]> = (() => {
  const found = new Map<string, Reading[]>()
  for (const [language, row] of Object.entries(names)) {
    row.split(' ').forEach((forms, index) => {
      for (const form of forms.split('/').map(foldWord)) {
        for (let length = Math.min(minAbbreviation, form.length); length <= form.length; length += 1) {
          const readings = found.get(form.slice(0, length)) ?? []
          readings.push({ language, month: index + 1, exact: length === form.length })
          found.set(form.slice(0, length), readings)
        }
      }
    })
  }
  return found
})()
