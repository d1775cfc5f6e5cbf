import type { InboundRule } from '../decision.ts'

export const recordReports: InboundRule = {
  name: 'record-reports',
  summary:
    'A delivery report or complaint about a mail of ours is noted on its ticket; about anything else it is held (backscatter).',
  decide(_email, { classification: { kind }, report }) {
    if (kind !== 'bounce' && kind !== 'delivery_notice' && kind !== 'complaint') return undefined
    return report
      ? {
          kind: 'record-report',
          ticketId: report.ticketId,
          outboundEmailId: report.outboundEmailId,
          report: kind,
        }
      : { kind: 'quarantine', reason: 'backscatter' }
  },
}
