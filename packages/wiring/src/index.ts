// What the apps use.
export * from './mail-limits.ts'
export * from './mailbox-access.ts'
export * from './mailbox-tokens.ts'
export * from './open-desk.ts'
export * from './run-process.ts'
export * from './wait-for.ts'
