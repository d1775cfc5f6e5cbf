import { SyntaxProblem } from '../refusals.ts'
import type { Session } from '../session.ts'

/** Tells changes as they happen until the client says DONE (RFC 2177). */
export async function idle(session: Session): Promise<string> {
  const folder = session.selection?.folder
  const tell = () => session.tellChanges({ removals: true })
  folder?.on('change', tell)
  try {
    session.invite('idling')
    // What came between the last command and this one.
    tell()
    const line = await session.reader.readLine()
    if (line?.toUpperCase() !== 'DONE') throw new SyntaxProblem('IDLE ends with DONE')
    return 'IDLE completed'
  } finally {
    folder?.off('change', tell)
  }
}
