export { backfillFolder } from './backfill.ts'
export { runPoller } from './run-poller.ts'
