// The worker as a process of its own.
import { runProcess } from '@maildesk/wiring'
import { runWorker } from './run-worker.ts'

await runProcess('worker', process.env, runWorker)
