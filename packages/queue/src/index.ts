// What other packages may use.

export type { QueueSettings } from './backend.ts'
export { migrateQueue } from './backend.ts'
export * from './dashboard.ts'
export * from './job-queue.ts'
export * from './run-workers.ts'
