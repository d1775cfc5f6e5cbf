/* What lives in a process group. Servers such as Dovecot and Postfix are whole families of processes. */

import { readdirSync, readFileSync } from 'node:fs'

/** Sends a signal to every process of a group; a group that is already gone is fine. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Whether a process of the group still runs. Reads /proc, because a zombie that nobody reaps (usual in
 * containers) answers signal 0 as if it were alive.
 */
export function isGroupAlive(group: number): boolean {
  return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isLiveMember(entry, group))
}

function isLiveMember(pid: string, group: number): boolean {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return false // it ended between the listing and the read
  }
  // proc(5): "pid (command) state ppid pgrp …"; the command may itself hold spaces and brackets.
  const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(pgrp) === group && state !== 'Z' && state !== 'X'
}
