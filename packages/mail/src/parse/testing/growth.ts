// How the time of a function grows with its input: a ratio, so that a slow machine is judged like a fast one.

/** What `growth` stays below when time grows with the input: linear gives about 8, quadratic about 64. */
export const linearGrowth = 32

/** CPU time at 8 × `count` over that at `count`, the best of three each. */
export function growth(run: (count: number) => unknown, count: number): number {
  run(count)
  const small = best(() => run(count))
  return best(() => run(count * 8)) / Math.max(small, 1_000)
}

/** In microseconds of this thread: what else runs on the machine is not counted. */
function best(run: () => unknown): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round += 1) {
    const before = process.threadCpuUsage()
    run()
    const { user, system } = process.threadCpuUsage(before)
    shortest = Math.min(shortest, user + system)
  }
  return shortest
}
