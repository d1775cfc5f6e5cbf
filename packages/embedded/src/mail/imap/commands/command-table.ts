/* Every IMAP command of the sandbox on one screen. */

import type { Session } from '../session.ts'
import type { Token } from '../tokens.ts'
import { authenticate, capability, id, login, logout, noop } from './connection-commands.ts'
import { fetch, uidFetch } from './fetch-commands.ts'
import { store, uidStore } from './flag-commands.ts'
import {
  close,
  createFolder,
  examine,
  list,
  lsub,
  namespace,
  select,
  status,
  subscribe,
  unselect,
} from './folder-commands.ts'
import { idle } from './idle-command.ts'
import { search, uidSearch } from './search-commands.ts'
import { append, copy, expunge, move, uidCopy, uidExpunge, uidMove } from './transfer-commands.ts'

/** Text after `OK` in the tagged answer. */
type Answer = string
type CommandHandler = (session: Session, args: readonly Token[]) => Answer | Promise<Answer>

export interface CommandEntry {
  /** What must have happened before. */
  readonly needs: 'nothing' | 'login' | 'folder'
  readonly run: CommandHandler
  /** True for commands that use sequence numbers: no removals may be told before they end. */
  readonly usesNumbers?: boolean
}

export const commandTable: Readonly<Record<string, CommandEntry>> = {
  CAPABILITY: { needs: 'nothing', run: capability },
  ID: { needs: 'nothing', run: id },
  NOOP: { needs: 'nothing', run: noop },
  CHECK: { needs: 'folder', run: noop },
  LOGOUT: { needs: 'nothing', run: logout },
  LOGIN: { needs: 'nothing', run: login },
  AUTHENTICATE: { needs: 'nothing', run: authenticate },
  NAMESPACE: { needs: 'login', run: namespace },
  LIST: { needs: 'login', run: list },
  LSUB: { needs: 'login', run: lsub },
  SUBSCRIBE: { needs: 'login', run: subscribe },
  UNSUBSCRIBE: { needs: 'login', run: subscribe },
  CREATE: { needs: 'login', run: createFolder },
  STATUS: { needs: 'login', run: status },
  SELECT: { needs: 'login', run: select },
  EXAMINE: { needs: 'login', run: examine },
  APPEND: { needs: 'login', run: append },
  IDLE: { needs: 'login', run: idle },
  CLOSE: { needs: 'folder', run: close },
  UNSELECT: { needs: 'folder', run: unselect },
  EXPUNGE: { needs: 'folder', run: expunge },
  'UID EXPUNGE': { needs: 'folder', run: uidExpunge },
  FETCH: { needs: 'folder', run: fetch, usesNumbers: true },
  'UID FETCH': { needs: 'folder', run: uidFetch },
  STORE: { needs: 'folder', run: store, usesNumbers: true },
  'UID STORE': { needs: 'folder', run: uidStore },
  SEARCH: { needs: 'folder', run: search, usesNumbers: true },
  'UID SEARCH': { needs: 'folder', run: uidSearch },
  COPY: { needs: 'folder', run: copy },
  'UID COPY': { needs: 'folder', run: uidCopy },
  MOVE: { needs: 'folder', run: move },
  'UID MOVE': { needs: 'folder', run: uidMove },
}
