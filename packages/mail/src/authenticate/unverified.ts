// What is reported of a mail whose signatures were not verified.
import type { SignatureReport, VerifiedChain } from '@maildesk/core'

export const noChain: VerifiedChain = { result: 'none', sealers: [], firstResults: null }

/** A report that says only why nothing was verified. */
export function unverified(trouble: string): SignatureReport {
  return { dkim: [], arc: noChain, strictAlignment: false, troubles: [trouble], isTemporary: false }
}
