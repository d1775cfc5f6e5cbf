// A made mail as a small value: what it is built from and what is done to it. Drawn by fast-check from a seed and an
// index, so that every mail of a run can be made again alone, and made smaller.
import fc from 'fast-check'
import { charsets } from './charsets.ts'
import { headerKinds } from './header-kinds.ts'
import { type Mutation, mutationNames } from './mutations.ts'
import { shapes } from './shapes.ts'
import { transferEncodings } from './transfer-encodings.ts'

export interface MailPlan {
  readonly shape: number
  readonly charset: number
  readonly encoding: number
  /** Rows of the table of header kinds. */
  readonly headers: readonly number[]
  /** Makes the planted words differ. */
  readonly salt: number
  readonly mutations: readonly Mutation[]
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  name: fc.constantFrom(...mutationNames),
  at: fc.nat({ max: 1_000_000 }),
  choice: fc.nat({ max: 1_000_000 }),
})

const plans: fc.Arbitrary<MailPlan> = fc.noBias(
  fc.record({
    shape: fc.nat({ max: shapes.length - 1 }),
    charset: fc.nat({ max: charsets.length - 1 }),
    encoding: fc.nat({ max: transferEncodings.length - 1 }),
    headers: fc.uniqueArray(fc.nat({ max: headerKinds.length - 1 }), { maxLength: 4 }),
    salt: fc.nat({ max: 99_999 }),
    mutations: fc.array(mutation, { maxLength: 5 }),
  }),
)

/** The plan of mail `index` of the run with this seed; the same every time. */
export function planAt(seed: number, index: number): MailPlan {
  return fc.sample(plans, { seed: seedOf(seed, index), numRuns: 1 })[0] as MailPlan
}

/**
 * The smallest plan, of those reached from mail `index` within `timeLimitMs`, that `fails` still; fewer and earlier
 * mutations count as smaller.
 */
export async function shrunkPlan(
  seed: number,
  index: number,
  fails: (plan: MailPlan) => Promise<boolean>,
  timeLimitMs: number,
): Promise<MailPlan> {
  const details = await fc.check(
    fc.asyncProperty(plans, async (plan) => !(await fails(plan))),
    { seed: seedOf(seed, index), numRuns: 1, interruptAfterTimeLimit: timeLimitMs },
  )
  return details.counterexample?.[0] ?? planAt(seed, index)
}

/** Every structure in every character set and transfer encoding, with nothing done to it. */
export function unharmedPlans(): MailPlan[] {
  return shapes.flatMap((_, shape) =>
    charsets.flatMap((_row, charset) =>
      transferEncodings.map((_name, encoding) => ({
        shape,
        charset,
        encoding,
        headers: [],
        salt: shape * 100 + charset * 10 + encoding,
        mutations: [],
      })),
    ),
  )
}

/** One 32-bit seed per mail; neighbours must not resemble each other. */
function seedOf(seed: number, index: number): number {
  let mixed = (seed ^ Math.imul(index + 1, 0x9e3779b1)) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  return (mixed ^ (mixed >>> 13)) | 0
}
