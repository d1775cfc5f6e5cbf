// THE POLICY: the first rule with an opinion decides where a mail goes. The order is the decision.
import type { InboundRule } from '../decision.ts'
import { appendByEvidence } from './append-by-evidence.ts'
import { appendMailOfStaff } from './append-mail-of-staff.ts'
import { ignoreOwnProbes } from './ignore-own-probes.ts'
import { openForAnotherTopic } from './open-for-another-topic.ts'
import { openForForwardedMail } from './open-for-forwarded-mail.ts'
import { openForMailHandedIn } from './open-for-mail-handed-in.ts'
import { openTicket } from './open-ticket.ts'
import { quarantineBlockedSenders } from './quarantine-blocked-senders.ts'
import { quarantineBlocklistedSenders } from './quarantine-blocklisted-senders.ts'
import { quarantineFloods } from './quarantine-floods.ts'
import { quarantineForGoneTickets } from './quarantine-for-gone-tickets.ts'
import { quarantineLoops } from './quarantine-loops.ts'
import { quarantineStrayReplies } from './quarantine-stray-replies.ts'
import { quarantineWithoutSender } from './quarantine-without-sender.ts'
import { recogniseDuplicates } from './recognise-duplicates.ts'
import { recordReports } from './record-reports.ts'
import { refuseLateAnswers } from './refuse-late-answers.ts'
import { takeInSentMail } from './take-in-sent-mail.ts'
import { waitForParent } from './wait-for-parent.ts'

export const inboundRules: readonly InboundRule[] = [
  ignoreOwnProbes,
  takeInSentMail,
  recogniseDuplicates,
  quarantineLoops,
  recordReports,
  quarantineWithoutSender,
  quarantineBlockedSenders,
  quarantineBlocklistedSenders,
  waitForParent,
  quarantineForGoneTickets,
  openForForwardedMail,
  openForMailHandedIn,
  appendMailOfStaff,
  openForAnotherTopic,
  appendByEvidence,
  refuseLateAnswers,
  quarantineStrayReplies,
  quarantineFloods,
  openTicket,
]
