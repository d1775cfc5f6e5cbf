// What other packages may use: products call `failpoint`, fault tests arm.

export {
  type Armed,
  type ArmedFailpoint,
  countHits,
  type FailpointAction,
  firedBy,
  forgetHits,
  writeArmed,
} from './control.ts'
export { FailpointError, failpoint, listenForFailpoints } from './failpoint.ts'
export { type FailpointName, failpointNames, failpoints } from './failpoints.ts'
