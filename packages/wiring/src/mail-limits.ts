// The settings as the mail package's limits.
import { defaultImapLimits, defaultParseLimits, type ImapLimits, type ParseLimits } from '@maildesk/mail'
import type { Config } from '@maildesk/runtime'

const mebibyte = 1024 * 1024

/** What one mail may cost the parser. */
export function parseLimits(config: Config): ParseLimits {
  return {
    ...defaultParseLimits,
    mailBytes: config.maxMailBytes,
    partHeaderBytes: config.parsePartHeaderBytes,
    totalHeaderBytes: config.parseHeaderBytes,
    depth: config.parseDepth,
    parts: config.parseParts,
    attachments: config.parseAttachments,
    addresses: config.parseAddresses,
    references: config.parseReferences,
    bodyLength: config.parseBodyLength,
    wallClockMs: config.parseTimeoutMs,
    cpuMs: config.parseCpuMs,
    childMemoryBytes: config.parseMemoryMb * mebibyte,
  }
}

/** What an IMAP server may cost the poller. */
export function imapLimits(config: Config): ImapLimits {
  return { ...defaultImapLimits, mailBytes: config.maxMailBytes, socketTimeoutMs: config.imapTimeoutMs }
}
