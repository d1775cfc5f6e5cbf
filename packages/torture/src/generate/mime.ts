// MIME as bytes. Text is Latin-1 throughout: one character is one byte.
import { createHash } from 'node:crypto'

export interface MadeFile {
  readonly filename: string
  readonly contentType: string
  readonly bytes: Buffer
}

/** A body with the fields that say how to read it, as Latin-1. */
export interface Entity {
  readonly fields: readonly string[]
  readonly body: string
}

/** UTF-8 as Latin-1, its bytes one by one. */
const bytesOf = (text: string) => Buffer.from(text).toString('latin1')

export function plainText(text: string): Entity {
  return {
    fields: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'],
    body: bytesOf(text),
  }
}

/** The same text as plain text and as HTML. */
export function textAndHtml(text: string): Entity {
  const html: Entity = {
    fields: ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit'],
    body: bytesOf(`<html><body><p>${text.replaceAll('\r\n', '<br>\r\n')}</p></body></html>`),
  }
  return multipart('alternative', 'alt', [plainText(text), html])
}

export function withFiles(body: Entity, files: readonly MadeFile[]): Entity {
  return multipart('mixed', 'mix', [body, ...files.map(fileEntity)])
}

function fileEntity({ filename, contentType, bytes }: MadeFile): Entity {
  const isAscii = /^[ -~]*$/.test(filename)
  // RFC 2231 §4 where a name is more than ASCII.
  const name = isAscii ? `filename="${filename}"` : `filename*=utf-8''${encodeURIComponent(filename)}`
  const lines = bytes.toString('base64').match(/.{1,76}/g) ?? []
  return {
    fields: [
      `Content-Type: ${contentType}`,
      `Content-Disposition: attachment; ${name}`,
      'Content-Transfer-Encoding: base64',
    ],
    body: lines.join('\r\n'),
  }
}

/** @param boundary must not be that of a multipart inside or outside of it. */
export function multipart(
  subtype: string,
  boundary: string,
  parts: readonly Entity[],
  parameters = '',
): Entity {
  const body = parts.map((part) => `--${boundary}\r\n${part.fields.join('\r\n')}\r\n\r\n${part.body}\r\n`)
  return {
    fields: [`Content-Type: multipart/${subtype}; boundary="${boundary}"${parameters}`],
    body: `${body.join('')}--${boundary}--`,
  }
}

/** A whole mail; fields are lines, as Latin-1. */
export function mailOf(fields: readonly string[], entity: Entity): Buffer {
  const head = [...fields, 'MIME-Version: 1.0', ...entity.fields]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${entity.body}\r\n`, 'latin1')
}

/** What the desk must have of a file. */
export function factsOf({ filename, bytes }: MadeFile) {
  return { filename, sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
}
