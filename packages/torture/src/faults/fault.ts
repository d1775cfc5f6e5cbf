// What a fault is: something done to the desk or beside it, and undone.
import { setTimeout as delay } from 'node:timers/promises'
import type { HealthReasonName } from '@maildesk/core'
import type { Rig } from '../contracts.ts'

export type FaultTarget = 'postgres' | 'redis' | 'imap' | 'smtp' | 'files' | 'clock' | 'process'

export interface Fault {
  readonly name: string
  readonly about: FaultTarget
  /** What must be told by health while it lasts; undefined where it is too short or shows elsewhere. */
  readonly shows?: HealthReasonName
  /** Resolves when all is whole again. `random` decides moments and lengths. */
  strike(rig: Rig, random: () => number): Promise<void>
}

/** Waits between `least` and `most` milliseconds. */
export async function pause(random: () => number, least: number, most: number): Promise<void> {
  await delay(least + random() * (most - least))
}

/** Waits for as long as an outage must last to be told for certain: longer than health's probe and the reuse of its answer. */
export function outage(random: () => number): Promise<void> {
  return pause(random, 5500, 7500)
}

/** Undoes what `harm` did, whatever happens in between. */
export async function during<Harm>(
  harm: () => Harm | Promise<Harm>,
  meanwhile: () => Promise<void>,
  heal: (harmed: Harm) => void | Promise<void>,
): Promise<void> {
  const harmed = await harm()
  try {
    await meanwhile()
  } finally {
    await heal(harmed)
  }
}
