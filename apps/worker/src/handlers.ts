// Job name → flow. Forgetting one does not compile.
import type { InboundEmailId, JobHandlers, OutboundEmailId } from '@maildesk/core'
import { copySent, fileEmail, sendEmail, type WorkerDeps } from '@maildesk/flows'

export function jobHandlers(deps: WorkerDeps): JobHandlers {
  return {
    'file-email': (id) => fileEmail(deps, id as InboundEmailId),
    'send-email': (id) => sendEmail(deps, id as OutboundEmailId),
    'copy-sent': (id) => copySent(deps, id as OutboundEmailId),
  }
}
