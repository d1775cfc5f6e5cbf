// The blob store cannot be written.
import { execFile } from 'node:child_process'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Rig } from '../contracts.ts'
import { during, type Fault, outage } from './fault.ts'

const run = promisify(execFile)

/** Room of the blob store while it is not full; memory is taken only for what lies there. */
const roomBytes = 2 * 1024 ** 3

/**
 * Puts a file system of its own below the blob store, which can be made as small as what lies in it. To be called before
 * any mail came. False when this user may not mount.
 */
export async function mountStorage(rig: Rig): Promise<boolean> {
  if (userInfo().uid !== 0) return false
  const { storage } = rig
  await run('mount', ['-t', 'tmpfs', '-o', `size=${roomBytes}`, 'maildesk-torture', storage])
  rig.onStop(() => run('umount', ['--lazy', storage]))
  for (const folder of ['tmp', 'blobs']) await mkdir(join(storage, folder))
  return true
}

const resize = ({ storage }: Rig, size: string) => run('mount', ['-o', `remount,size=${size}`, storage])

/** Used so far, bytes: a file system without one byte of room says ENOSPC to whoever writes. */
async function usedBytes({ storage }: Rig): Promise<number> {
  const { stdout } = await run('df', ['--block-size=1', '--output=used', storage])
  return Number(stdout.trim().split('\n').at(-1))
}

/** Needs `mountStorage`. */
const storageFull: Fault = {
  name: 'storage-full',
  about: 'files',
  shows: 'blobs-away',
  strike: (rig, random) =>
    during(
      async () => {
        // Whoever writes while it is asked needs more: then it is asked again.
        for (let tries = 0; ; tries += 1) {
          try {
            return await resize(rig, `${Math.max(4096, await usedBytes(rig))}`)
          } catch (error) {
            if (tries > 20) throw error
          }
        }
      },
      () => outage(random),
      async () => {
        await resize(rig, `${roomBytes}`)
      },
    ),
}

const storageGone: Fault = {
  name: 'storage-unwritable',
  about: 'files',
  shows: 'blobs-away',
  strike: ({ storage }, random) =>
    during(
      async () => {
        await rename(join(storage, 'tmp'), join(storage, 'tmp-away'))
        await writeFile(join(storage, 'tmp'), 'a file where a folder is to be\n')
      },
      () => outage(random),
      async () => {
        await rm(join(storage, 'tmp'))
        await rename(join(storage, 'tmp-away'), join(storage, 'tmp'))
      },
    ),
}

/** @param isMounted whether the blob store has a file system of its own. */
export function fileFaults(isMounted: boolean): readonly Fault[] {
  return isMounted ? [storageFull, storageGone] : [storageGone]
}
