// The poller as a process of its own.
import { runProcess } from '@maildesk/wiring'
import { runPoller } from './run-poller.ts'

await runProcess('poller', process.env, runPoller)
