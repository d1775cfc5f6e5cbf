// UIDs as IMAP writes them (RFC 9051 §9, sequence-set).

/** Servers need accept command lines of 8,000 octets only (RFC 7162 §4); this leaves room for the rest of the line. */
const maxSetLength = 6_000

/**
 * Sequence sets that name exactly these UIDs, none twice, neighbours as ranges, each set at most 6,000 octets and
 * `maxUids` UIDs.
 */
export function uidSets(uids: readonly number[], maxUids = Number.POSITIVE_INFINITY): string[] {
  const sets: string[] = []
  let set: string[] = []
  let length = 0
  let count = 0
  const close = () => {
    if (set.length > 0) sets.push(set.join(','))
    set = []
    length = 0
    count = 0
  }
  for (const [first, last] of ranges(uids, maxUids)) {
    const text = first === last ? String(first) : `${first}:${last}`
    const size = last - first + 1
    if (length + text.length + 1 > maxSetLength || count + size > maxUids) close()
    set.push(text)
    length += text.length + 1
    count += size
  }
  close()
  return sets
}

function ranges(uids: readonly number[], maxLength: number): [number, number][] {
  const found: [number, number][] = []
  for (const uid of [...new Set(uids)].sort((a, b) => a - b)) {
    const last = found.at(-1)
    if (last && last[1] === uid - 1 && uid - last[0] < maxLength) last[1] = uid
    else found.push([uid, uid])
  }
  return found
}
