// What the parser pool and its child say to each other.
import type { ParseOutcome, SignatureReport } from '@maildesk/core'
import type { SignatureOrder } from '../authenticate/signature-order.ts'
import type { ParseLimits } from './limits.ts'

/** To the child: read the mail in `rawFile`, write decoded parts into `partsFolder`, named by their SHA-256. @internal */
export interface ParseOrder {
  readonly kind: 'parse'
  readonly rawFile: string
  readonly partsFolder: string
  readonly limits: ParseLimits
}

/** To the child: verify the signatures of the mail in `rawFile`. */
interface VerifyOrder {
  readonly kind: 'verify'
  readonly rawFile: string
  readonly signatures: SignatureOrder
}

export type Order = ParseOrder | VerifyOrder

/** From the child, once per order. `broken`: the disk failed, not the mail. */
export type Answer =
  | { readonly outcome: ParseOutcome }
  | { readonly report: SignatureReport }
  | { readonly broken: string }

/** From the child while it verifies: a question for DNS; the child itself has no network. */
export interface DnsQuestion {
  readonly ask: { readonly id: number; readonly name: string; readonly type: string }
}

/** To the child: what DNS said, or the code of its failure. */
export type DnsAnswer =
  | { readonly kind: 'dns'; readonly id: number; readonly records: string[][] }
  | { readonly kind: 'dns'; readonly id: number; readonly code: string }

/** From the child, once, when it is loaded and waits for orders: what a mail may cost does not include the start. */
export const readyMessage = 'ready'
