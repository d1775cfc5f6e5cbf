export const authenticationVerdicts = ['pass', 'pass_arc', 'none', 'fail', 'unknown'] as const
/**
 * Whether the sender is who From says. `pass`: DMARC-aligned. `pass_arc`: a trusted forwarder vouches. `none`: looked
 * for, nothing found. `fail`: found wrong. `unknown`: nobody looks at this mailbox, or DNS did not answer.
 */
export type AuthenticationVerdict = (typeof authenticationVerdicts)[number]
