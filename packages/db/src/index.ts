// What other packages may use.
export * from './connect.ts'
export * from './migrate.ts'
export * from './classify-pg-error.ts'
export * from './tables.ts'
export * from './transaction.ts'
