// All faults, by what they are done to.
import type { Backend } from '../contracts.ts'
import type { Fault } from './fault.ts'
import { fileFaults } from './file-faults.ts'
import { imapFaults, smtpFaults } from './mail-faults.ts'
import { postgresFaults } from './postgres-faults.ts'
import { clockFaults, processFaults } from './process-faults.ts'
import { redisFaults } from './redis-faults.ts'

export type { Fault, FaultTarget } from './fault.ts'
export { mountStorage } from './file-faults.ts'

export function faultsOf(backend: Backend, isMounted: boolean): readonly Fault[] {
  return [
    ...postgresFaults,
    ...(backend === 'redis' ? redisFaults : []),
    ...imapFaults,
    ...smtpFaults,
    ...fileFaults(isMounted),
    ...clockFaults,
    ...processFaults,
  ]
}
