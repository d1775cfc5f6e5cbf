export const evidenceRanks = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8'] as const
/**
 * How strongly something in a mail points to a ticket; the first is the strongest.
 * E1 signed token in a recipient address · E2 signed token in a Message-ID of ours it refers to · E3 signed token in
 * the body · E4 In-Reply-To is a mail we hold · E5 References name a mail we hold · E6 it refers to a mail we never
 * saw, which a message of the ticket refers to as well, or messages of the ticket refer to it · E7 ticket number in the subject · E8 same subject, same sender.
 */
export type EvidenceRank = (typeof evidenceRanks)[number]
