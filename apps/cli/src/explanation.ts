// What `maildesk explain` prints: one plain object per mail, made from what was parsed.
import {
  type BlobKey,
  classifyEmail,
  type ParsedEmail,
  type ParseOutcome,
  quotedTextOf,
  readBounce,
  readForward,
  replyTextOf,
  type StoredBlob,
  signatureTextOf,
  textOfKind,
  wholeRange,
} from '@maildesk/core'
import { safeHtml } from '@maildesk/mail'

/** The object of one mail; `file` is what the person called it. A mail that cannot be parsed gets one, too. */
export function explanationOf(file: string, raw: StoredBlob, outcome: ParseOutcome) {
  return {
    file,
    sha256: raw.key,
    size: raw.size,
    ...(outcome.ok ? understood(outcome, raw.key) : notUnderstood(outcome)),
  }
}

function understood({ email }: Extract<ParseOutcome, { ok: true }>, sha256: BlobKey) {
  const { ranges, htmlRanges } = email.reply
  return {
    message_id: bracketed(email.messageId),
    synthetic_message_id: email.messageId ? null : `<gen-${sha256.slice(0, 32)}@maildesk.invalid>`,
    in_reply_to: email.inReplyTo.map(bracketed),
    references: email.references.map(bracketed),
    date: email.date,
    from: email.from,
    sender: email.sender,
    reply_to: email.replyTo,
    to: email.to,
    cc: email.cc,
    subject: email.subject,
    text: email.text,
    html: email.html === null ? null : safeHtml(email.html),
    reply_text: replyTextOf(email.text, ranges),
    reply_html:
      email.html === null
        ? null
        : safeHtml(textOfKind(email.html, htmlRanges ?? wholeRange(email.html), 'reply')),
    quoted_text: quotedTextOf(email.text, ranges),
    signature_text: signatureTextOf(email.text, ranges),
    attachments: email.parts.map((part) => ({
      filename: part.filename,
      content_type: part.contentType,
      size: part.size,
      sha256: part.blob,
      disposition: part.disposition,
      content_id: part.contentId,
    })),
    classification: classificationOf(email),
    bounce: bounceOf(email),
    forwarded: forwardedOf(email),
    warnings: email.warnings,
  }
}

/** A mail that cannot be parsed still gets an object, with the reason among the warnings. */
function notUnderstood({ failure, detail }: Extract<ParseOutcome, { ok: false }>) {
  return {
    message_id: null,
    synthetic_message_id: null,
    in_reply_to: [],
    references: [],
    date: null,
    from: [],
    sender: null,
    reply_to: [],
    to: [],
    cc: [],
    subject: '',
    text: '',
    html: null,
    reply_text: '',
    reply_html: null,
    quoted_text: null,
    signature_text: null,
    attachments: [],
    classification: {
      kind: 'auto_generated',
      may_answer: false,
      reasons: [{ rule: 'not-parsed', evidence: failure }],
    },
    bounce: null,
    forwarded: null,
    warnings: [{ code: failure, detail }],
  }
}

function classificationOf(email: Parameters<typeof classifyEmail>[0]) {
  const { kind, mayAnswer, reasons } = classifyEmail(email)
  return { kind, may_answer: mayAnswer, reasons }
}

function bounceOf(email: ParsedEmail) {
  const bounce = readBounce(email)
  return (
    bounce && {
      recipients: bounce.recipients.map(({ address, action, status, diagnostic }) => ({
        address,
        action,
        status,
        diagnostic,
      })),
      permanent: bounce.permanent,
      original_message_id: bounce.originalMessageId === null ? null : `<${bounce.originalMessageId}>`,
    }
  )
}

/** A forward whose sender is open keeps its candidates for the person who chooses. */
function forwardedOf(email: ParsedEmail) {
  const forwarded = readForward(email)
  if (!forwarded) return null
  if (forwarded.ambiguous) {
    const { candidates } = forwarded
    return { ambiguous: true, from: null, date: null, subject: '', text: '', candidates }
  }
  const { from, date, subject, text } = forwarded
  return { from, date, subject, text }
}

function bracketed<Id extends string | null>(id: Id): Id extends null ? null : string {
  return (id === null ? null : `<${id}>`) as Id extends null ? null : string
}
