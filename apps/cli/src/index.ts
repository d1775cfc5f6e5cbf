// What the tools of the repository may use; the command itself is main.ts.
export { explanationOf } from './explanation.ts'
