// What a mail may cost us. Beyond these a mail is quarantined with its raw bytes, never dropped; texts and lists
// that can be cut without losing the mail are cut, with a warning.

/** Limits of reading one mail; all are bounds on an attacker's input. */
export interface ParseLimits {
  /** Bytes of a whole raw mail. */
  readonly mailBytes: number
  /** Bytes of the header section of one part; a header line counts for 64 bytes at least. */
  readonly partHeaderBytes: number
  /** Bytes of all header sections of a mail together. */
  readonly totalHeaderBytes: number
  /** How deep multiparts may nest. */
  readonly depth: number
  /** MIME parts of a mail, multiparts counted. */
  readonly parts: number
  /** Parts of a mail that are kept as attachments. */
  readonly attachments: number
  /** Mails among the parts that are read, those inside them counted; all are kept as parts. */
  readonly attachedMails: number
  /** Bytes of the beginning of an attached mail that are read. */
  readonly attachedMailBytes: number
  /** How deep mails in mails are read; also how deep signed mails and winmail.dat are opened. */
  readonly attachedMailDepth: number
  /** Bytes of texts held in memory, per mail; a text beyond it is kept as a part, its beginning is read. */
  readonly textBytes: number
  /** Bytes of parts held in memory to be unpacked (winmail.dat, signed S/MIME), per mail; larger ones stay as they are. */
  readonly unpackBytes: number
  /** Files unpacked from the parts and texts of a mail. */
  readonly unpackedParts: number
  /** Addresses kept of one header field. */
  readonly addresses: number
  /** Message ids kept of References: the first and the newest. */
  readonly references: number
  /** UTF-16 units kept of the text and of the HTML, each; the full body is kept as an attachment then. */
  readonly bodyLength: number
  /** Top-level header fields kept. */
  readonly headerFields: number
  /** UTF-16 units kept of all top-level header fields together. */
  readonly headerLength: number
  /** Milliseconds from handing a mail to the child until its answer. */
  readonly wallClockMs: number
  /** Milliseconds of CPU that the child may spend on one mail; watched on Linux only. */
  readonly cpuMs: number
  /** Bytes of memory the child may hold (resident set); watched on Linux, and bounds V8's heap everywhere. */
  readonly childMemoryBytes: number
  /** Mails that one child reads before a fresh one takes its place. */
  readonly mailsPerChild: number
}

const MB = 1024 * 1024

export const defaultParseLimits: ParseLimits = {
  mailBytes: 50 * MB,
  partHeaderBytes: MB,
  totalHeaderBytes: 4 * MB,
  depth: 50,
  parts: 500,
  attachments: 200,
  attachedMails: 16,
  attachedMailBytes: 256 * 1024,
  attachedMailDepth: 3,
  textBytes: 16 * MB,
  unpackBytes: 40 * MB,
  unpackedParts: 100,
  addresses: 1_000,
  references: 100,
  bodyLength: 2 * MB,
  headerFields: 1_000,
  headerLength: MB,
  wallClockMs: 60_000,
  cpuMs: 10_000,
  childMemoryBytes: 512 * MB,
  mailsPerChild: 200,
}

/** The mail is larger, deeper or longer than a limit allows. The message names the limit. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded'
}
