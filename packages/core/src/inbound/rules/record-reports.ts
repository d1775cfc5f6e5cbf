import type { InboundRule } from '../decision.ts'

export const recordReports: InboundRule = {
  name: 'record-reports',
  summary:
    'A delivery report or complaint about a mail of ours is noted on its ticket; about anything else it is held (backscatter).',
  decide(_email, { classification: { kind }, evidence }) {
    if (kind !== 'bounce' && kind !== 'delivery_notice' && kind !== 'complaint') return undefined
    // Only our own signed Message-ID proves that the report is about a mail of ours.
    const own = evidence.find(({ rank }) => rank === 'E1' || rank === 'E2')
    return own
      ? { kind: 'record-report', ticketId: own.ticketId, report: kind }
      : { kind: 'quarantine', reason: 'backscatter' }
  },
}
