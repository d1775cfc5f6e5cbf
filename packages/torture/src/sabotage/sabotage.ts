// What a sabotage is: a change to the product that some check must notice.

export interface Patch {
  /** From the root of the repository. */
  readonly file: string
  /** Must be there exactly once: a sabotage that changes nothing proves nothing. */
  readonly find: string
  readonly replace: string
}

/** What is run, and what must stand in its output when it is red. */
export type Catcher =
  | {
      readonly scenario: string
      readonly only?: string
      readonly backend: 'redis' | 'postgres'
      readonly says: readonly string[]
    }
  | {
      readonly test: string
      /** The whole title of the test, or its beginning. */
      readonly name: string
      readonly project: 'unit' | 'database' | 'services' | 'heavy'
    }

export interface Sabotage {
  readonly number: number
  readonly name: string
  readonly breaks: string
  readonly patches: readonly Patch[]
  readonly caughtBy: Catcher
}

/** The text with the patch in it. @throws RangeError when what it changes is not there exactly once. */
export function patched(text: string, { file, find, replace }: Patch): string {
  const places = text.split(find).length - 1
  if (places !== 1) throw new RangeError(`${file} has ${places} places, not one, that read: ${find}`)
  return text.replace(find, () => replace)
}
