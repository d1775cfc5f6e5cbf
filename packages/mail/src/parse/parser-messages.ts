// What the parser pool and its child say to each other.
import type { ParseOutcome } from '@maildesk/core'
import type { ParseLimits } from './limits.ts'

/** To the child: read the mail in `rawFile`, write decoded parts into `partsFolder`, named by their SHA-256. */
export interface ParseOrder {
  readonly rawFile: string
  readonly partsFolder: string
  readonly limits: ParseLimits
}

/** From the child, once per order. `broken`: the disk failed, not the mail. */
export type ParseAnswer = { readonly outcome: ParseOutcome } | { readonly broken: string }

/** From the child, once, when it is loaded and waits for orders: what a mail may cost does not include the start. */
export const readyMessage = 'ready'
