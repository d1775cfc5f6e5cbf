// What bounces and complaints teach about an address: whether mail still goes there.

export const suppressionScopes = ['automatic', 'all'] as const
/** `automatic`: what the desk says by itself. `all`: agents' answers as well. */
export type SuppressionScope = (typeof suppressionScopes)[number]

export const suppressionReasons = [
  'complaint',
  'repeated-hard-bounces',
  'dead-address',
  'acknowledgement-bounced',
  'repeated-soft-bounces',
  'manual',
] as const
/** Stable words; the strongest first. `manual`: a person said so. */
export type SuppressionReason = (typeof suppressionReasons)[number]

/** One line of an address's history. */
export interface BounceFact {
  readonly kind: 'hard' | 'soft' | 'policy' | 'complaint'
  /** The address or its host does not exist. */
  readonly isDead: boolean
  /** It was an acknowledgement that failed: nobody at that address ever proved to be there. */
  readonly isAcknowledgement: boolean
  /** Of the mail it is about; several reports about one mail count once. */
  readonly mailId: string | null
  readonly at: Date
  /** A person lifted it, or a mail from there showed that the address lives. */
  readonly isLifted: boolean
}

export interface SuppressionSettings {
  /** How long an address that failed for good gets nothing, milliseconds. */
  readonly hardMs: number
  /** So many hard bounces … */
  readonly hardLimit: number
  /** … within so long end agents' mail as well, milliseconds. */
  readonly hardWindowMs: number
  /** From this score on of soft bounces the address gets nothing automatic. */
  readonly softLimit: number
  /** How long a soft bounce counts; it fades evenly from one to nothing, milliseconds. */
  readonly softFadeMs: number
  /** How long the address then gets nothing automatic, milliseconds. */
  readonly softMs: number
}

export interface Suppression {
  readonly scope: SuppressionScope
  readonly reason: SuppressionReason
  /** Null: until a person lifts it. */
  readonly until: Date | null
}

/** What the history of one address comes to at `now`; null when mail may go there. Pure. */
export function suppressionAfter(
  history: readonly BounceFact[],
  now: Date,
  settings: SuppressionSettings,
): Suppression | null {
  const counted = oncePerMail(history.filter(({ isLifted }) => !isLifted))
  const found: Suppression[] = []
  if (counted.some(({ kind }) => kind === 'complaint'))
    found.push({ scope: 'automatic', reason: 'complaint', until: null })
  found.push(...afterHard(counted, settings), ...afterSoft(counted, settings))
  return widest(found.filter(({ until }) => until === null || until > now))
}

function afterHard(counted: readonly BounceFact[], settings: SuppressionSettings): Suppression[] {
  const { hardMs, hardLimit, hardWindowMs } = settings
  const hard = counted.filter(({ kind }) => kind === 'hard')
  const found: Suppression[] = []
  const dead = hard.findLast(({ isDead }) => isDead)
  if (dead) found.push({ scope: 'automatic', reason: 'dead-address', until: later(dead.at, hardMs) })
  const unacknowledged = counted.findLast(
    ({ kind, isAcknowledgement }) => isAcknowledgement && kind !== 'complaint',
  )
  if (unacknowledged)
    found.push({
      scope: 'automatic',
      reason: 'acknowledgement-bounced',
      until: later(unacknowledged.at, hardMs),
    })
  for (const [index, last] of hard.entries()) {
    const first = hard[index - hardLimit + 1]
    if (first && last.at.getTime() - first.at.getTime() <= hardWindowMs)
      found.push({ scope: 'all', reason: 'repeated-hard-bounces', until: later(last.at, hardMs) })
  }
  return found
}

function afterSoft(counted: readonly BounceFact[], settings: SuppressionSettings): Suppression[] {
  const soft = counted.filter(({ kind }) => kind === 'soft')
  return soft.flatMap(({ at }) =>
    softScore(soft, at, settings.softFadeMs) >= settings.softLimit
      ? [
          {
            scope: 'automatic',
            reason: 'repeated-soft-bounces',
            until: later(at, settings.softMs),
          } as const,
        ]
      : [],
  )
}

/** The sum of what each soft bounce still weighs at `at`: one when it comes, nothing after `fadeMs`. */
export function softScore(soft: readonly Pick<BounceFact, 'at'>[], at: Date, fadeMs: number): number {
  return soft.reduce((sum, one) => {
    const age = at.getTime() - one.at.getTime()
    return age < 0 ? sum : sum + Math.max(0, 1 - age / fadeMs)
  }, 0)
}

/** In the order they came; of several of one kind about one mail the last. */
function oncePerMail(history: readonly BounceFact[]): BounceFact[] {
  const byMail = new Map<string, BounceFact>()
  const inOrder = [...history].sort((a, b) => a.at.getTime() - b.at.getTime())
  for (const [index, fact] of inOrder.entries()) {
    const key = fact.mailId ? `${fact.kind} ${fact.mailId}` : `${index}`
    const before = byMail.get(key)
    byMail.delete(key)
    byMail.set(key, before ? { ...fact, isDead: fact.isDead || before.isDead } : fact)
  }
  return [...byMail.values()]
}

/** One row says it all: the widest scope, the longest time, the strongest reason of that scope. */
function widest(found: readonly Suppression[]): Suppression | null {
  const [first] = found
  if (!first) return null
  const all = found.filter(({ scope }) => scope === 'all')
  const deciding = all.length > 0 ? all : found
  const rank = ({ reason }: Suppression) => suppressionReasons.indexOf(reason)
  const { reason } = deciding.reduce((best, one) => (rank(one) < rank(best) ? one : best))
  const until = found.reduce<Date | null>(
    (latest, one) => (latest && one.until ? new Date(Math.max(+latest, +one.until)) : null),
    first.until,
  )
  return { scope: all.length > 0 ? 'all' : 'automatic', reason, until }
}

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}
