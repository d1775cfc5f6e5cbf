// What the process that verifies signatures is told, and how it asks DNS.
import type { SignatureQuestion } from '@maildesk/core'

export interface SignatureOrder extends SignatureQuestion {
  /** Bytes of the header section that are looked at. */
  readonly headerBytes: number
}

/**
 * Asks DNS for text records: of each its strings.
 * @throws with the code of node:dns: ENOTFOUND and ENODATA when there is none.
 */
export type ResolveTxt = (name: string, type: string) => Promise<string[][]>

/** The code of a question that was not asked because the mail had asked too many. */
export const tooManyQueries = 'ETOOMANY'
