/* Whose folders there are: a folder of the disk per address, one below it per IMAP folder. */

import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MAX_NAME_BYTES } from '../limits.ts'
import { accountAddress } from './addresses.ts'
import { syncFolder } from './durable-file.ts'
import { Folder } from './folder.ts'

/** Keeps names like `.` and `..` from meaning anything to the file system. */
const FOLDER_PREFIX = '='

export class MailStore {
  readonly #dir: string
  readonly #accounts = new Map<string, Promise<Account>>()
  #lastUidValidity = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  /** The account of an address (tags and case do not matter); made when first asked for. */
  account(address: string): Promise<Account> {
    const name = encodeName(accountAddress(address))
    let account = this.#accounts.get(name)
    if (!account) {
      account = Account.open(join(this.#dir, name), () => this.#newUidValidity())
      this.#accounts.set(name, account)
      // A failed open (disk full) may succeed the next time.
      account.catch(() => this.#accounts.delete(name))
    }
    return account
  }

  /** Waits until all that was begun is on disk. */
  async settle(): Promise<void> {
    for (const account of this.#accounts.values()) await (await account).settle()
  }

  /** Seconds since 1970, but never the same twice (RFC 9051 section 2.3.1.1). */
  #newUidValidity(): number {
    this.#lastUidValidity = Math.max(Math.floor(Date.now() / 1000), this.#lastUidValidity + 1)
    return this.#lastUidValidity
  }
}

export class Account {
  readonly #dir: string
  readonly #newUidValidity: () => number
  readonly #folders: Map<string, Folder>
  readonly #beingMade = new Map<string, Promise<Folder>>()

  private constructor(dir: string, newUidValidity: () => number, folders: Map<string, Folder>) {
    this.#dir = dir
    this.#newUidValidity = newUidValidity
    this.#folders = folders
  }

  /** Reads an account back, or makes it with its INBOX. */
  static async open(dir: string, newUidValidity: () => number): Promise<Account> {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await syncFolder(dirname(dir))
    const folders = new Map<string, Folder>()
    for (const entry of await readdir(dir)) {
      if (!entry.startsWith(FOLDER_PREFIX)) continue
      const path = join(dir, entry)
      // Killed between making the folder and its first file: nothing was ever in it.
      if (!(await readdir(path)).includes('folder.json')) continue
      folders.set(decodeURIComponent(entry.slice(FOLDER_PREFIX.length)), await Folder.open(path))
    }
    const account = new Account(dir, newUidValidity, folders)
    if (!folders.has('INBOX')) await account.create('INBOX')
    return account
  }

  get inbox(): Folder {
    return this.#folders.get('INBOX') as Folder
  }

  /** Names as the client spelled them (modified UTF-7 stays as it is), INBOX first. */
  get names(): string[] {
    return [...this.#folders.keys()].sort(
      (a, b) => Number(b === 'INBOX') - Number(a === 'INBOX') || a.localeCompare(b),
    )
  }

  find(name: string): Folder | undefined {
    return this.#folders.get(name)
  }

  /** Makes a folder, or gives the one that another session makes or made. */
  async create(name: string): Promise<Folder> {
    const present = this.#folders.get(name) ?? this.#beingMade.get(name)
    if (present) return present
    const making = Folder.create(join(this.#dir, FOLDER_PREFIX + encodeName(name)), this.#newUidValidity())
    this.#beingMade.set(name, making)
    try {
      const folder = await making
      this.#folders.set(name, folder)
      return folder
    } finally {
      this.#beingMade.delete(name)
    }
  }

  async settle(): Promise<void> {
    for (const folder of this.#folders.values()) await folder.settle()
  }
}

function encodeName(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('*', '%2A')
  if (encoded.length > MAX_NAME_BYTES)
    throw new Error(`Name longer than ${MAX_NAME_BYTES} bytes: ${encoded.slice(0, 40)}…`)
  return encoded
}
