// The hook itself.
import { setTimeout as sleep } from 'node:timers/promises'
import { type ArmedFailpoint, noteHit, readArmed, takeTurn } from './control.ts'
import type { FailpointName } from './failpoints.ts'

/** Thrown where a failpoint is armed with `throw`. */
export class FailpointError extends Error {
  override readonly name = 'FailpointError'
}

let folder: string | undefined
/** Hits since each was armed, by its id. */
const hits = new Map<string, number>()

/** Lets this process be hit by what is armed in the folder; undefined: by nothing any more. */
export function listenForFailpoints(controlFolder: string | undefined): void {
  folder = controlFolder
  hits.clear()
}

/**
 * Named step of the product; await it. Without `listenForFailpoints` it does nothing.
 * @throws FailpointError where `throw` is armed.
 */
export function failpoint(name: FailpointName): Promise<void> | undefined {
  return folder === undefined ? undefined : hit(folder, name)
}

async function hit(controlFolder: string, name: FailpointName): Promise<void> {
  const { points, counts } = readArmed(controlFolder)
  if (counts) noteHit(controlFolder, name)
  for (const armed of points) {
    if (armed.name !== name) continue
    const count = (hits.get(armed.id) ?? 0) + 1
    hits.set(armed.id, count)
    if (count === armed.nth && takeTurn(controlFolder, armed.id)) await act(armed)
  }
}

async function act({ name, action, ms = 0 }: ArmedFailpoint): Promise<void> {
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      // The signal may take a moment; not one more step may be done.
      return new Promise(() => undefined)
    case 'stop':
      process.kill(process.pid, 'SIGSTOP')
      return
    case 'throw':
      throw new FailpointError(`failpoint ${name}`)
    case 'delay':
      await sleep(ms)
      return
    case 'block':
      for (const until = performance.now() + ms; performance.now() < until; );
  }
}
