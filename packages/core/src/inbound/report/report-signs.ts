// Does a mail look like one that a mail system wrote?
import { outermostPrefix } from '../../text/forward/forward-prefixes.ts'
import { headerValues, type ParsedEmail } from '../parsed-email.ts'

/** Local parts of senders that report. */
const localParts =
  /^(?:mailer-daemon|mail-daemon|postmaster|post_master|poostmaster|mail\.delivery\.system|daemon|.{0,40}mail_service|symantec_antivirus.{0,60}|imss)$/i
/** Words in the sender's name. */
const names = [
  'mailer-daemon',
  'mail delivery',
  'delivery subsystem',
  'delivery system',
  'postmaster',
  'system administrator',
  'mail service',
  'internet mail',
  'interscan',
  'mail administrator',
  'mail delivery',
  'delivery agent',
  'mailer daemon',
  'mail daemon',
  'returned mail',
  'mailadministrator',
  'microsoft outlook',
  'microsoft exchange',
  'systemadministrator',
  'administrateur système',
  'administrador del sistema',
  'メール配信',
  '系统管理员',
  'content-filter at',
  'mailer daemon',
]
/** Beginnings of subjects, lower case. `Re:` and `Fwd:` never begin one. */
const subjects = [
  'undeliverable',
  'undelivered',
  'delivery failure',
  'delivery failed',
  'delivery has failed',
  'delivery status',
  'delivery report',
  'delivery notification',
  'failure notice',
  'failure delivery',
  'failed delivery',
  'failed mail',
  'returned mail',
  'mail delivery failed',
  'mail could not be delivered',
  'mail failed',
  'mail system error',
  'mail not delivered',
  'mail delivery status',
  'message delivery has failed',
  'message delayed',
  'delayed mail',
  'warning: could not send',
  'warning: message',
  'non delivery',
  'non-delivery',
  'notice: mail delivery status',
  'processing error',
  'there was an error sending your mail',
  'sorry, your message could not be delivered',
  'unzustellbar',
  'nicht zustellbar',
  'non remis',
  'non recapitabile',
  'no se puede entregar',
  'não foi possível entregar',
  'недоставленное сообщение',
  'ваше сообщение не доставлено',
  'メッセージを配信できません',
  'メールエラー通知',
  'undeliver',
  'message undeliverable',
  'mail undeliverable',
  'mail delivery problem',
  'mail delivery error',
  'message delivery failure',
  'message delivery failed',
  'email delivery failure',
  '[postmaster] email delivery',
  'delivery problem',
  'delivery unsuccessful',
  'delivery error',
  'could not deliver',
  'unable to deliver',
  'failed to deliver',
  'message not delivered',
  'email not delivered',
  'message could not be delivered',
  'returned email',
  'returned message',
  'returned to sender',
  'mail returned',
  'bounced mail',
  'bounce notification',
  'automatically rejected mail',
  'rejected mail',
  'error sending',
  'mail error',
  'mail system error',
  'there was an error sending',
  'nicht zugestellt',
  'zustellung fehlgeschlagen',
  'zustellungsfehler',
  'mail konnte nicht',
  'ihre nachricht konnte nicht',
  'échec de remise',
  'échec de la remise',
  'échec de la distribution',
  'message non distribuable',
  'message non distribué',
  'non distribuable',
  'retour de courrier',
  'no entregado',
  'no entregable',
  'correo no entregado',
  'correo devuelto',
  'mensaje no entregado',
  'mensaje devuelto',
  'error de entrega',
  'error en la entrega',
  'não entregue',
  'não é possível entregar',
  'mensagem não entregue',
  'mensagem devolvida',
  'falha na entrega',
  'erro na entrega',
  'mancato recapito',
  'messaggio non recapitato',
  'impossibile recapitare',
  'errore di consegna',
  'onbestelbaar',
  'niet bezorgd',
  'kan niet worden bezorgd',
  'olevererbart',
  'kan inte levereras',
  'kunne ikke leveres',
  'ikke leveret',
  'nie dostarczono',
  'niedostarcz',
  'nedoručiteln',
  'nedoručen',
  'kézbesíthetetlen',
  'teslim edilemedi',
  'недоставлен',
  'не доставлено',
  'ошибка доставки',
  'сообщение не доставлено',
  'невозможно доставить',
  'меіл не доставлено',
  '配信不能',
  '配信できません',
  '送信エラー',
  'メール送信エラー',
  '配送エラー',
  '未配信',
  '系统退信',
  '退信',
  '邮件投递失败',
  '投递失败',
  '无法投递',
  '未送达',
  '無法傳遞',
  '無法投遞',
  '메일 전송 실패',
  '전송 실패',
  '배달되지',
  '전달되지',
  '반송',
]

/** True when sender, return path, subject or structure are those of a report; not whether there is one inside. */
export function looksLikeReport(email: ParsedEmail): boolean {
  if (headerValues(email, 'x-failed-recipients').length > 0) return true
  if (headerValues(email, 'x-ms-exchange-message-is-ndr').length > 0) return true
  return isMultipartReport(email) || hasNullReversePath(email) || namesReport(email)
}

function isMultipartReport(email: ParsedEmail): boolean {
  return /^\s*multipart\/report\b/i.test(headerValues(email, 'content-type')[0] ?? '')
}

function hasNullReversePath(email: ParsedEmail): boolean {
  return headerValues(email, 'return-path').some((value) =>
    /^\s*(?:<\s*>|<?mailer-daemon(?:@|>|$))/i.test(value),
  )
}

/**
 * True when a person passes the mail on: marked as an answer or a forward, and nothing but what it holds is a report's.
 */
export function isPassedOn(email: ParsedEmail): boolean {
  return outermostPrefix(email.subject) !== null && subjectOnly(email)
}

/** True when the sender or the subject are those of a report: stronger than an empty return path. */
export function namesReport(email: ParsedEmail): boolean {
  return hasReportingSender(email) || hasReportingSubject(email)
}

/** True when the subject is all that looks like a report. */
export function subjectOnly(email: ParsedEmail): boolean {
  return (
    headerValues(email, 'x-failed-recipients').length === 0 &&
    headerValues(email, 'x-ms-exchange-message-is-ndr').length === 0 &&
    !isMultipartReport(email) &&
    !hasNullReversePath(email) &&
    !hasReportingSender(email)
  )
}

function hasReportingSender(email: ParsedEmail): boolean {
  return email.from.some(({ name, address }) => {
    const said = name.slice(0, 200).toLowerCase()
    return (
      localParts.test(address.slice(0, 254).split('@')[0] ?? '') || names.some((word) => said.includes(word))
    )
  })
}

function hasReportingSubject(email: ParsedEmail): boolean {
  const subject = email.subject.slice(0, 200).trim().toLowerCase()
  return subjects.some((beginning) => subject.startsWith(beginning))
}
