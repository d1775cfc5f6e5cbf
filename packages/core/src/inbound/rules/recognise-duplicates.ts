import type { InboundRule } from '../decision.ts'

export const recogniseDuplicates: InboundRule = {
  name: 'recognise-duplicates',
  summary:
    'The same mail came before (same Message-ID and same content): it is kept and points to the first.',
  decide: (_email, { duplicateOf }) => (duplicateOf ? { kind: 'duplicate', of: duplicateOf } : undefined),
}
