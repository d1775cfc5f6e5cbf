// What a child process uses of the machine, from /proc. Linux only; elsewhere V8's own heap limit and the wall clock
// are the bounds.
import { readFileSync } from 'node:fs'
import type { ParseLimits } from './limits.ts'

const lookEveryMs = 100
/** Linux counts CPU time in hundredths of a second for programs, whatever the kernel uses (USER_HZ). */
const msPerTick = 10

interface Usage {
  readonly cpuMs: number
  readonly residentBytes: number
}

/**
 * Looks at the process `pid` until told to stop and calls `exceeded` once when it is over a limit. CPU counts from now.
 * @returns the function that stops it.
 */
export function watchUsage(
  pid: number | undefined,
  limits: Pick<ParseLimits, 'cpuMs' | 'childMemoryBytes'>,
  exceeded: (limit: 'timed-out' | 'out-of-memory', detail: string) => void,
): () => void {
  if (pid === undefined || process.platform !== 'linux') return () => undefined
  let cpuAtStart: number | undefined
  const look = () => {
    const usage = readUsage(pid)
    if (usage === undefined) return
    cpuAtStart ??= usage.cpuMs
    if (usage.residentBytes > limits.childMemoryBytes)
      exceeded('out-of-memory', `more than ${limits.childMemoryBytes} bytes of memory`)
    else if (usage.cpuMs - cpuAtStart > limits.cpuMs)
      exceeded('timed-out', `more than ${limits.cpuMs} ms of CPU`)
  }
  const timer = setInterval(look, lookEveryMs)
  look()
  return () => {
    clearInterval(timer)
  }
}

/** CPU time and resident memory of a process; undefined when it is gone. */
function readUsage(pid: number): Usage | undefined {
  try {
    // Not files on a disk: reading them at once is cheaper than handing them to the thread pool.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    // Fields are counted after the program's name, which may itself hold spaces and brackets (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? '0'
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
      residentBytes: Number(resident) * 1024,
    }
  } catch {
    // The process ended between two looks; its exit is reported where it is awaited.
    return undefined
  }
}
