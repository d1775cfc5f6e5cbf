/** Answers of `work` are shared by all who ask within `reuseMs`, milliseconds. */
export function shared<Result>(work: () => Promise<Result>, reuseMs: number): () => Promise<Result> {
  let latest: { readonly until: number; readonly result: Promise<Result> } | undefined
  return () => {
    if (!latest || latest.until < performance.now())
      latest = { until: performance.now() + reuseMs, result: work() }
    return latest.result
  }
}
