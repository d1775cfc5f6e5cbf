/**
 * Takes in `items` one after the other, lets at most `lookAhead` of them be worked on at the same time, and yields
 * the results in the order of the items.
 * @param take reads the item and returns the work that remains; the next item is read when it has.
 * @throws what `items`, `take` and the work throw, in the place of the item.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  lookAhead: number,
  take: (item: Item) => Promise<() => Promise<Result>>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = []
  for await (const item of items) {
    const work = await take(item)
    const result = work()
    // Awaited later, or never when an earlier one fails; meanwhile Node must not take it for a forgotten failure.
    result.catch(() => undefined)
    started.push(result)
    if (started.length >= lookAhead) yield (await started.shift()) as Result
  }
  for (const result of started) yield await result
}
