/* One IMAP folder on disk: a file per mail, named <uid>-<internal date in ms>.eml, and two small files beside them.
   A mail is there once its file has its name. UIDs only rise: before a mail is removed, folder.json remembers how far
   they got; flags.json is written behind, so a killed process may lose flags and nothing else. */

import { EventEmitter } from 'node:events'
import { link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DRAFT_PREFIX, syncFolder, writeDraft, writeDurably } from './durable-file.ts'

export interface StoredMail {
  readonly uid: number
  readonly internalDate: Date
  readonly size: number
  /** As spelled by the client that set them; \Seen and its like are compared without case. */
  readonly flags: ReadonlySet<string>
  /** The folder's revision at which the flags last changed. */
  readonly revision: number
}

interface FolderMemory {
  readonly uidValidity: number
  readonly uidNext: number
}

type Changeable = { -readonly [K in keyof StoredMail]: StoredMail[K] }

const MAIL_FILE = /^([1-9]\d*)-(\d+)\.eml$/

/** Emits `change` after each delivery, removal and flag change. */
export class Folder extends EventEmitter<{ change: [] }> {
  readonly uidValidity: number
  readonly #path: string
  readonly #mails: Changeable[]
  readonly #byUid: Map<number, Changeable>
  #uidNext: number
  #rememberedUidNext: number
  #revision = 0
  #work: Promise<unknown> = Promise.resolve()
  #flagsDirty = false

  private constructor(path: string, memory: FolderMemory, mails: Changeable[]) {
    super()
    // One listener per session that has the folder open.
    this.setMaxListeners(0)
    this.#path = path
    this.uidValidity = memory.uidValidity
    this.#mails = mails
    this.#byUid = new Map(mails.map((mail) => [mail.uid, mail]))
    this.#rememberedUidNext = memory.uidNext
    this.#uidNext = Math.max(memory.uidNext, (mails.at(-1)?.uid ?? 0) + 1)
  }

  /** Makes an empty folder with the given UIDVALIDITY. */
  static async create(path: string, uidValidity: number): Promise<Folder> {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await writeDurably(join(path, 'folder.json'), JSON.stringify({ uidValidity, uidNext: 1 }))
    await syncFolder(dirname(path))
    return Folder.open(path)
  }

  /** Reads a folder back and removes deliveries that were never finished. */
  static async open(path: string): Promise<Folder> {
    const memory = JSON.parse(await readFile(join(path, 'folder.json'), 'utf8')) as FolderMemory
    const flags = await readFlags(path)
    const mails: Changeable[] = []
    for (const name of await readdir(path)) {
      if (name.startsWith(DRAFT_PREFIX)) await rm(join(path, name), { force: true })
      const match = MAIL_FILE.exec(name)
      if (!match) continue
      const uid = Number(match[1])
      const { size } = await stat(join(path, name))
      mails.push({
        uid,
        internalDate: new Date(Number(match[2])),
        size,
        flags: new Set(flags[uid]),
        revision: 0,
      })
    }
    mails.sort((a, b) => a.uid - b.uid)
    return new Folder(path, memory, mails)
  }

  /** Every mail, by rising UID. */
  get mails(): readonly StoredMail[] {
    return this.#mails
  }

  get uidNext(): number {
    return this.#uidNext
  }

  /** Rises with every change of a flag. */
  get revision(): number {
    return this.#revision
  }

  find(uid: number): StoredMail | undefined {
    return this.#byUid.get(uid)
  }

  /** The bytes; undefined when the mail was removed meanwhile. */
  async read(uid: number): Promise<Buffer | undefined> {
    const mail = this.find(uid)
    if (!mail) return undefined
    try {
      return await readFile(this.#file(mail))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Adds a mail; on disk when this resolves. Returns its UID. */
  async add(raw: Uint8Array, internalDate: Date, flags: Iterable<string> = []): Promise<number> {
    const draft = await writeDraft(this.#path, raw)
    return this.#inTurn(async () => {
      const mail = this.#nextMail(internalDate, raw.length, flags)
      await rename(draft, this.#file(mail))
      await this.#keep(mail)
      return mail.uid
    })
  }

  /** Adds a mail of another folder, sharing its bytes on disk. Undefined when it was removed meanwhile. */
  async addFrom(source: Folder, uid: number): Promise<number | undefined> {
    return this.#inTurn(async () => {
      const original = source.find(uid)
      if (!original) return undefined
      const mail = this.#nextMail(original.internalDate, original.size, original.flags)
      await link(source.#file(original), this.#file(mail))
      await this.#keep(mail)
      return mail.uid
    })
  }

  /** Removes mails for good; their UIDs are never given again. */
  async remove(uids: ReadonlySet<number>): Promise<void> {
    await this.#inTurn(async () => {
      const doomed = this.#mails.filter((mail) => uids.has(mail.uid))
      if (doomed.length === 0) return
      await this.#rememberUids()
      for (const mail of doomed) {
        await rm(this.#file(mail), { force: true })
        this.#mails.splice(this.#mails.indexOf(mail), 1)
        this.#byUid.delete(mail.uid)
      }
      await syncFolder(this.#path)
      this.#flagsChanged()
      this.emit('change')
    })
  }

  /** Replaces the flags of a mail. */
  setFlags(uid: number, flags: Iterable<string>): void {
    const mail = this.#byUid.get(uid)
    if (!mail) return
    mail.flags = new Set(flags)
    mail.revision = ++this.#revision
    this.#flagsChanged()
    this.emit('change')
  }

  /** Waits for everything begun, flags included. */
  async settle(): Promise<void> {
    await this.#work
  }

  #nextMail(internalDate: Date, size: number, flags: Iterable<string>): Changeable {
    return { uid: this.#uidNext++, internalDate, size, flags: new Set(flags), revision: this.#revision }
  }

  async #keep(mail: Changeable): Promise<void> {
    await syncFolder(this.#path)
    this.#mails.push(mail)
    this.#byUid.set(mail.uid, mail)
    if (mail.flags.size > 0) this.#flagsChanged()
    this.emit('change')
  }

  #file(mail: StoredMail): string {
    return join(this.#path, `${mail.uid}-${mail.internalDate.getTime()}.eml`)
  }

  async #rememberUids(): Promise<void> {
    if (this.#rememberedUidNext === this.#uidNext) return
    const memory: FolderMemory = { uidValidity: this.uidValidity, uidNext: this.#uidNext }
    await writeDurably(join(this.#path, 'folder.json'), JSON.stringify(memory))
    this.#rememberedUidNext = memory.uidNext
  }

  /** Many changes at once become one write. */
  #flagsChanged(): void {
    if (this.#flagsDirty) return
    this.#flagsDirty = true
    // A failed write shows at settle; it must not end the process.
    this.#work = this.#work
      .catch(() => {})
      .then(async () => {
        this.#flagsDirty = false
        const flags = Object.fromEntries(
          this.#mails.filter((m) => m.flags.size > 0).map((m) => [m.uid, [...m.flags]]),
        )
        await writeDurably(join(this.#path, 'flags.json'), JSON.stringify(flags))
      })
    this.#work.catch(() => {})
  }

  /** One change after the other; a failed one does not stop the next. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#work.catch(() => {}).then(change)
    this.#work = result
    this.#work.catch(() => {})
    return result
  }
}

async function readFlags(path: string): Promise<Record<number, string[]>> {
  try {
    return JSON.parse(await readFile(join(path, 'flags.json'), 'utf8')) as Record<number, string[]>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
