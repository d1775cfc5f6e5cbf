// Reports that come as JSON: the notifications of Amazon SES over SNS (`notificationType`) and its events (`eventType`).
import type { FoundRecipient } from './bounce-types.ts'

/** Recipients that are read of one notice. */
const maxRecipients = 200
/** UTF-16 units at the beginning in which the kind of a notice must be named. */
const maxBeforeKind = 400

interface CloudNotice {
  /** 'Bounce', 'Complaint', 'Delivery', 'DeliveryDelay' … */
  readonly kind: string
  readonly body: unknown
}

/** What a notice of a bounce, a delay or a delivery at the beginning of a text says; undefined when it is none. */
export function readCloudNotice(text: string): FoundRecipient[] | undefined {
  const notice = noticeIn(text)
  if (notice?.kind === 'Bounce')
    return listed(member(member(notice.body, 'bounce'), 'bouncedRecipients'), 'failed')
  if (notice?.kind === 'DeliveryDelay')
    return listed(member(member(notice.body, 'deliveryDelay'), 'delayedRecipients'), 'delayed')
  if (notice?.kind !== 'Delivery') return undefined
  const delivery = member(notice.body, 'delivery')
  const recipients = member(delivery, 'recipients')
  if (!Array.isArray(recipients)) return undefined
  return recipients.slice(0, maxRecipients).flatMap((one) => {
    const address = textOf(one).slice(0, 254)
    const diagnostic = textOf(member(delivery, 'smtpResponse'))
    return address ? [{ address, action: 'delivered', status: '2.0.0', diagnostic, context: '' }] : []
  })
}

/** Who complained, in a notice of a complaint; undefined when the text is none. */
export function readCloudComplaint(text: string): { type: string; recipients: string[] } | undefined {
  const notice = noticeIn(text)
  if (notice?.kind !== 'Complaint') return undefined
  const complaint = member(notice.body, 'complaint')
  const complained = member(complaint, 'complainedRecipients')
  const recipients = Array.isArray(complained) ? complained.slice(0, maxRecipients) : []
  return {
    type: textOf(member(complaint, 'complaintFeedbackType')) || 'abuse',
    recipients: recipients.map((one) => textOf(member(one, 'emailAddress'))).filter(Boolean),
  }
}

function noticeIn(text: string): CloudNotice | undefined {
  const start = text.trimStart()
  if (!start.startsWith('{') || !/"(?:notification|event)Type"/.test(start.slice(0, maxBeforeKind)))
    return undefined
  const body = parsed(jsonOf(start))
  return { kind: textOf(member(body, 'notificationType')) || textOf(member(body, 'eventType')), body }
}

function listed(recipients: unknown, usual: 'failed' | 'delayed'): FoundRecipient[] | undefined {
  if (!Array.isArray(recipients)) return undefined
  return recipients.slice(0, maxRecipients).flatMap((one) => {
    const address = textOf(member(one, 'emailAddress')).slice(0, 254)
    if (!address) return []
    const action = textOf(member(one, 'action')) === 'delayed' ? 'delayed' : usual
    const status = textOf(member(one, 'status')) || undefined
    return [{ address, action, status, diagnostic: textOf(member(one, 'diagnosticCode')), context: '' }]
  })
}

/** The JSON up to its last brace on a line of its own part; mail systems wrap it with `!` and a line end. */
function jsonOf(text: string): string {
  const unwrapped = text.replace(/!\r?\n /g, '')
  const signature = unwrapped.indexOf('\n--')
  const whole = signature < 0 ? unwrapped : unwrapped.slice(0, signature)
  return whole.slice(0, whole.lastIndexOf('}') + 1)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Not JSON after all: then it is no notice, and the mail is what its other signs say.
    return undefined
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
