// What other packages may use.
export * from './config/describe-config.ts'
export * from './config/load-config.ts'
export { configurationVariables } from './config/variables.ts'
export * from './ids.ts'
export * from './logger.ts'
export * from './seal.ts'
export * from './shutdown.ts'
