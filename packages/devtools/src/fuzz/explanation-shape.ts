// The shape that `maildesk explain --json` promises: every field there, of its type, and no other field.
type Check = (value: unknown, path: string) => string[]

const wrong = (path: string, wanted: string, value: unknown) => [
  `${path} is ${value === undefined ? 'missing' : JSON.stringify(value)?.slice(0, 60)}, wanted ${wanted}`,
]
const string: Check = (value, path) => {
  if (typeof value !== 'string') return wrong(path, 'a string', value)
  if (value.includes('\0') || !value.isWellFormed()) return [`${path} holds NUL or half a character`]
  return []
}
/** What becomes a header field or a heading again must not bring a second line with it. */
const line: Check = (value, path) => {
  const isText = string(value, path)
  return isText.length > 0 || !/[\r\n]/.test(value as string) ? isText : wrong(path, 'one line', value)
}
const matching =
  (pattern: RegExp): Check =>
  (value, path) => {
    const isText = string(value, path)
    return isText.length > 0 || pattern.test(value as string) ? isText : wrong(path, String(pattern), value)
  }
const boolean: Check = (value, path) =>
  typeof value === 'boolean' ? [] : wrong(path, 'true or false', value)
const size: Check = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? [] : wrong(path, 'a size', value)
const nullable =
  (check: Check): Check =>
  (value, path) =>
    value === null ? [] : check(value, path)
/** Of the shape that has more of the value's fields right. */
const either =
  (first: Check, second: Check): Check =>
  (value, path) => {
    const [ofFirst, ofSecond] = [first(value, path), second(value, path)]
    return ofFirst.length <= ofSecond.length ? ofFirst : ofSecond
  }
const exactly =
  (wanted: unknown): Check =>
  (value, path) =>
    value === wanted ? [] : wrong(path, JSON.stringify(wanted), value)
const list =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, at) => check(item, `${path}[${at}]`))
      : wrong(path, 'a list', value)
const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong(path, 'an object', value)
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(fields, key))
    return [
      ...unknown.map((key) => `${path}.${key} is not promised`),
      ...Object.entries(fields).flatMap(([key, check]) =>
        check((value as Record<string, unknown>)[key], `${path}.${key}`),
      ),
    ]
  }

const messageId = matching(/^<.*>$/)
const sha256 = matching(/^[0-9a-f]{64}$/)
const date = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/)
const code = matching(/^[a-z0-9-]+$/)
const address = object({ name: line, address: line })

const explanation = object({
  file: string,
  sha256,
  size,
  message_id: nullable(messageId),
  synthetic_message_id: nullable(messageId),
  in_reply_to: list(messageId),
  references: list(messageId),
  date: nullable(date),
  from: list(address),
  sender: nullable(address),
  reply_to: list(address),
  to: list(address),
  cc: list(address),
  subject: line,
  text: string,
  html: nullable(string),
  reply_text: string,
  reply_html: nullable(string),
  quoted_text: nullable(string),
  signature_text: nullable(string),
  attachments: list(
    object({
      filename: line,
      content_type: line,
      size,
      sha256,
      disposition: matching(/^(?:attachment|inline)$/),
      content_id: nullable(line),
    }),
  ),
  classification: object({
    kind: matching(/^(?:human|auto_reply|auto_generated|bounce|delivery_notice|complaint|list|loop)$/),
    may_answer: boolean,
    reasons: list(object({ rule: code, evidence: string })),
  }),
  bounce: nullable(
    object({
      recipients: list(
        object({
          address: string,
          action: matching(/^(?:failed|delayed|delivered|relayed|expanded)$/),
          status: nullable(matching(/^[245]\.\d{1,3}\.\d{1,3}$/)),
          diagnostic: nullable(string),
        }),
      ),
      permanent: boolean,
      original_message_id: nullable(messageId),
    }),
  ),
  forwarded: nullable(
    either(
      object({ from: address, date: nullable(date), subject: line, text: string }),
      object({
        ambiguous: exactly(true),
        from: exactly(null),
        date: exactly(null),
        subject: exactly(''),
        text: exactly(''),
        candidates: list(address),
      }),
    ),
  ),
  warnings: list(object({ code, detail: string })),
})

/** What is wrong with an explanation, one line each; nothing when it is as promised. */
export function faultsOf(value: unknown): string[] {
  return explanation(value, 'explanation').slice(0, 20)
}
