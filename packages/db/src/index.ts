// What other packages may use.
export * from './connect.ts'
export * from './migrate.ts'
