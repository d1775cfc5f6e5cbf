export { backfillFolder } from './backfill.ts'
export { type ComparedFolder, compareFolder } from './compare-folder.ts'
export { refetchMail } from './refetch-mail.ts'
export { runPoller } from './run-poller.ts'
