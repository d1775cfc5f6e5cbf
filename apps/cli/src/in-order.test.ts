import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

async function* counting(to: number) {
  for (let item = 0; item < to; item += 1) yield item
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const got: Item[] = []
  for await (const item of items) got.push(item)
  return got
}

test('results come in the order of the items, whichever is done first', async () => {
  const done: number[] = []
  const releases: (() => void)[] = []
  const results = inOrder(counting(4), 4, async (item) => async () => {
    // The last one started lets the others go, backwards.
    if (item < 3) await new Promise<void>((release) => releases.unshift(release))
    else for (const release of releases) release()
    done.push(item)
    return item
  })
  expect(await all(results)).toEqual([0, 1, 2, 3])
  expect(done).toEqual([3, 2, 1, 0])
})

test('no more than the look-ahead is worked on at the same time', async () => {
  let working = 0
  let most = 0
  const results = inOrder(counting(20), 3, async () => async () => {
    working += 1
    most = Math.max(most, working)
    await new Promise((resolve) => setImmediate(resolve))
    working -= 1
  })
  await all(results)
  expect(most).toBe(3)
})

test('a failure takes the place of its item, after the results before it', async () => {
  const got: number[] = []
  const results = inOrder(counting(5), 5, async (item) => async () => {
    if (item >= 2) throw new Error(`item ${item} failed`)
    return item
  })
  await expect(async () => {
    for await (const result of results) got.push(result)
  }).rejects.toThrow('item 2 failed')
  expect(got).toEqual([0, 1])
})
