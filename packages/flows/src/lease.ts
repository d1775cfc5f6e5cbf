// Holding a ledger row while working on it: renewed while we live, free soon after we die.

/**
 * Runs `work` and renews the lease meanwhile, three times per lease. A renewal that fails is not an error here: the
 * row's own guards refuse whoever lost it.
 */
export async function withLease<Result>(
  leaseMs: number,
  renew: () => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setInterval(() => {
    renew().catch(() => undefined)
  }, leaseMs / 3)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
