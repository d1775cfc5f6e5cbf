/* What one IMAP connection knows: who is logged in, which folder is open, and what it has told the client about it. */

import type { Socket } from 'node:net'
import type { Log } from '@maildesk/core'
import type { Folder, StoredMail } from '../store/folder.ts'
import type { Account, MailStore } from '../store/mail-store.ts'
import type { CommandReader } from './command-reader.ts'
import { Refusal } from './refusals.ts'
import { parseSequenceSet } from './sequence-set.ts'

/** What every session of a server shares. */
export interface ImapContext {
  readonly store: MailStore
  readonly maxMailBytes: number
  /** Whether this address exists here and this is its password. */
  mayLogIn(address: string, password: string): boolean
  readonly log: Log
}

export interface Selection {
  readonly folder: Folder
  readonly readOnly: boolean
  /** UIDs as the client knows them: the sequence number is the position, from 1. */
  readonly uids: number[]
  /** The folder's revision up to which the client knows the flags. */
  revision: number
}

/** A mail together with the number by which the client knows it. */
export interface NumberedMail {
  readonly number: number
  readonly mail: StoredMail
}

export class Session {
  readonly context: ImapContext
  readonly reader: CommandReader
  readonly #socket: Socket
  account: Account | undefined
  selection: Selection | undefined
  ended = false

  constructor(context: ImapContext, socket: Socket, reader: CommandReader) {
    this.context = context
    this.#socket = socket
    this.reader = reader
  }

  /** Sends an untagged response. */
  send(response: string): void {
    this.#write(`* ${response}\r\n`)
  }

  /** Sends text and bytes as they are; resolves when the connection can take more. */
  async sendParts(parts: readonly (string | Uint8Array)[]): Promise<void> {
    let room = true
    for (const part of parts) room = this.#write(part)
    if (room || this.#socket.destroyed) return
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#socket.off('drain', go).off('close', go)
        resolve()
      }
      this.#socket.once('drain', go).once('close', go)
    })
  }

  invite(text: string): void {
    this.#write(`+ ${text}\r\n`)
  }

  answer(tag: string, text: string): void {
    this.#write(`${tag} ${text}\r\n`)
  }

  /** The account; commands that need a log-in are refused before this could throw. */
  get loggedIn(): Account {
    if (!this.account) throw new Refusal('Log in first')
    return this.account
  }

  get selected(): Selection {
    if (!this.selection) throw new Refusal('Select a folder first')
    return this.selection
  }

  /** The selection, for commands that change the folder. */
  get writable(): Selection {
    const selection = this.selected
    if (selection.readOnly) throw new Refusal('The folder is open for reading only (EXAMINE)')
    return selection
  }

  /** Mails of the open folder meant by a set of sequence numbers or UIDs; removed ones are left out. */
  mailsIn(set: string, byUid: boolean): NumberedMail[] {
    const { folder, uids } = this.selected
    const means = parseSequenceSet(set, byUid ? (uids.at(-1) ?? 0) : uids.length)
    return uids.flatMap((uid, index) => {
      const number = index + 1
      const mail = means(byUid ? uid : number) ? folder.find(uid) : undefined
      return mail ? [{ number, mail }] : []
    })
  }

  /**
   * Tells the client what others did to the open folder. Removals change the numbers of mails, so they must wait
   * while a command that uses numbers runs (RFC 9051 section 7.5.1).
   */
  tellChanges({ removals }: { readonly removals: boolean }): void {
    if (!this.selection) return
    if (removals) this.#tellRemovals(this.selection)
    this.#tellArrivals(this.selection)
    this.#tellFlags(this.selection)
  }

  #tellRemovals({ folder, uids }: Selection): void {
    const present = new Set(folder.mails.map((mail) => mail.uid))
    for (let index = uids.length - 1; index >= 0; index--) {
      if (present.has(uids[index] as number)) continue
      uids.splice(index, 1)
      this.send(`${index + 1} EXPUNGE`)
    }
  }

  #tellArrivals({ folder, uids }: Selection): void {
    const newest = uids.at(-1) ?? 0
    const arrived = folder.mails.filter((mail) => mail.uid > newest)
    if (arrived.length === 0) return
    uids.push(...arrived.map((mail) => mail.uid))
    this.send(`${uids.length} EXISTS`)
  }

  #tellFlags(selection: Selection): void {
    const { folder, uids, revision } = selection
    if (folder.revision === revision) return
    selection.revision = folder.revision
    for (const [index, uid] of uids.entries()) {
      const mail = folder.find(uid)
      if (mail && mail.revision > revision) {
        this.send(`${index + 1} FETCH (UID ${uid} FLAGS (${[...mail.flags].join(' ')}))`)
      }
    }
  }

  #write(data: string | Uint8Array): boolean {
    // False once either side has ended the conversation.
    if (!this.#socket.writable) return true
    return typeof data === 'string' ? this.#socket.write(data, 'latin1') : this.#socket.write(data)
  }
}
