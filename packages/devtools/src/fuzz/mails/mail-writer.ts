// Writes MIME trees as bytes (one per character). Every leaf gets a word that is nowhere else in the mail, so that it can
// be looked for in what was understood.
import type { Charset } from './charsets.ts'
import { type TransferEncoding, transferEncoded } from './transfer-encodings.ts'

export interface Part {
  /** Field lines, Content-Type first. */
  readonly fields: readonly string[]
  readonly body: string
}

/** What a made mail says and must be found again. */
export interface Leaf {
  readonly word: string
  /** Also the phrase in the mail's character set must come through. */
  readonly inCharset: boolean
}

export class MailWriter {
  readonly leaves: Leaf[] = []
  readonly charset: Charset
  readonly encoding: TransferEncoding
  readonly #salt: number
  #boundaries = 0

  constructor(charset: Charset, encoding: TransferEncoding, salt: number) {
    this.charset = charset
    this.encoding = encoding
    this.#salt = salt
  }

  /** A new word to be planted. */
  word(inCharset = false): string {
    const word = `leaf${this.#salt.toString(36)}n${this.leaves.length}z`
    this.leaves.push({ word, inCharset })
    return word
  }

  /** A word and the phrase of the character set. */
  phrase(): string {
    return `${this.word(true)} ${this.charset.bytes}`
  }

  text(body: string, parameters = ''): Part {
    return this.#encoded(`text/plain; charset=${this.charset.label}${parameters}`, body, this.encoding)
  }

  html(body: string): Part {
    return this.#encoded(`text/html; charset=${this.charset.label}`, body, this.encoding)
  }

  /** A stored file of random-looking bytes around a planted word. */
  file(type: string, name: string, fields: readonly string[] = []): Part {
    const noise = Array.from({ length: 256 }, (_, at) => String.fromCharCode((at * 7 + this.#salt) % 256))
    return this.#encoded(`${type}; name="${name}"`, `${this.word()} ${noise.join('')}`, 'base64', [
      ...(fields.length > 0 ? fields : [`Content-Disposition: attachment; filename="${name}"`]),
    ])
  }

  /** A part that goes as it is. */
  raw(type: string, body: string, fields: readonly string[] = []): Part {
    return { fields: [`Content-Type: ${type}`, ...fields], body }
  }

  multi(type: string, parts: readonly Part[], fields: readonly string[] = []): Part {
    this.#boundaries += 1
    const boundary = `=_b${this.#boundaries}_${this.#salt}`
    const open = type.includes(';') ? type : `${type}; charset=utf-8`
    return {
      fields: [`Content-Type: ${open};\r\n boundary="${boundary}"`, ...fields],
      body: [...parts.map((part) => `--${boundary}\r\n${entity(part)}\r\n`), `--${boundary}--\r\n`].join(''),
    }
  }

  /** A mail in a mail; its own leaf travels unencoded, as the attached bytes are looked at as they are. */
  attachedMail(inner?: Part): Part {
    const body = inner ?? this.raw('text/plain; charset=utf-8', `Inner ${this.word()}\r\n`)
    return this.raw(
      'message/rfc822',
      [
        'From: "Inner Person" <inner@made.example>',
        'To: desk@made.example',
        'Subject: the attached one',
        'Date: Tue, 3 Mar 2026 10:11:12 +0100',
        `Message-ID: <inner-${this.#salt}@made.example>`,
        'MIME-Version: 1.0',
        entity(body),
      ].join('\r\n'),
    )
  }

  #encoded(type: string, body: string, encoding: TransferEncoding, fields: readonly string[] = []): Part {
    return {
      fields: [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`, ...fields],
      body: transferEncoded(body, encoding),
    }
  }
}

export function entity({ fields, body }: Part): string {
  return `${fields.join('\r\n')}\r\n\r\n${body}`
}
