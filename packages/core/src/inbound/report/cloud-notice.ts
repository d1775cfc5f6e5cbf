// Bounces that come as JSON: the notifications of Amazon SES over SNS.
import type { FoundRecipient } from './bounce-types.ts'

/** Recipients of a notice `{"notificationType":"Bounce",…}` at the beginning of a text; undefined when it is none. */
export function readCloudNotice(text: string): FoundRecipient[] | undefined {
  const start = text.trimStart()
  if (!start.startsWith('{') || !start.slice(0, 400).includes('"notificationType"')) return undefined
  const notice = parsed(jsonOf(start))
  const bounced = member(member(notice, 'bounce'), 'bouncedRecipients')
  if (member(notice, 'notificationType') !== 'Bounce' || !Array.isArray(bounced)) return undefined
  return bounced.slice(0, 200).flatMap((one) => {
    const address = textOf(member(one, 'emailAddress'))
    if (!address) return []
    const action = textOf(member(one, 'action')) === 'delayed' ? 'delayed' : 'failed'
    const status = textOf(member(one, 'status')) || undefined
    return [
      {
        address: address.slice(0, 254),
        action,
        status,
        diagnostic: textOf(member(one, 'diagnosticCode')),
        context: '',
      },
    ]
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
