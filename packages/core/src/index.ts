// What other packages may use.
export * from './errors.ts'
export * from './ids.ts'
export * from './inbound/parsed-email.ts'
export * from './jobs.ts'
export * from './mail-source.ts'
export * from './outbound/types.ts'
export * from './ports.ts'
