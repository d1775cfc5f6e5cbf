import { isUsableAddress, normalAddress } from '../../inbound/addresses.ts'
import type { MailAddress } from '../../inbound/mail-address.ts'
import type { AmbiguousForward, ForwardReason } from './forwarded.ts'

/** Candidates shown to the person who chooses. */
const maxCandidates = 20
/** Letters of evidence. */
const maxEvidence = 200

/** A forward whose sender is one of the candidates, each named once, or none of them. */
export function ambiguousForward(
  candidates: readonly MailAddress[],
  reasons: readonly ForwardReason[],
): AmbiguousForward {
  const known = new Map<string, MailAddress>()
  for (const candidate of candidates) {
    const normal = normalAddress(candidate.address)
    if (isUsableAddress(candidate.address) && !known.has(normal)) known.set(normal, candidate)
  }
  return { ambiguous: true, candidates: [...known.values()].slice(0, maxCandidates), reasons }
}

/** A reason with the beginning of what the mail says. */
export function forwardReason(rule: ForwardReason['rule'], evidence: string): ForwardReason {
  return { rule, evidence: evidence.slice(0, maxEvidence) }
}
