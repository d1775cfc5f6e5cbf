// What a process uses of the machine, from proc_pid_status(5) and its neighbours. Linux only.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

export interface ProcessUse {
  /** Bytes of resident memory. */
  readonly resident: number
  /** Most resident memory since it started, or since `forgetPeak`; bytes. */
  readonly peak: number
  /** Open descriptors. */
  readonly descriptors: number
}

/** @throws Error ENOENT when the process is gone. */
export function readUse(pid: number): ProcessUse {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    resident: kilobytes(status, 'VmRSS'),
    peak: kilobytes(status, 'VmHWM'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  }
}

/** Most resident memory of a process since it started; undefined when it is gone. */
export function peakOf(pid: number): number | undefined {
  try {
    return kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM')
  } catch {
    return undefined
  }
}

/** From here on the peak of a process is counted anew (proc_pid_clear_refs(5)). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Processes whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && parentOf(other) === pid)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Counted behind the program's name, which may itself hold spaces and brackets.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // Gone between the listing and the look.
    return undefined
  }
}

function kilobytes(status: string, name: string): number {
  const line = status.split('\n').find((each) => each.startsWith(`${name}:`)) ?? ''
  return Number.parseInt(line.slice(name.length + 1).trim() || '0', 10) * 1024
}
