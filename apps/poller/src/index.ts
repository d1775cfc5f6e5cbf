export { runPoller } from './run-poller.ts'
