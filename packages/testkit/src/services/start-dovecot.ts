/* A real Dovecot for tests: mail goes in by LMTP, is read by IMAP. */

import { execFile, execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'
import { waitUntil } from '../wait-until.ts'
import { deliverByLmtp } from './deliver-by-lmtp.ts'
import { dovecotConfig, dovecotPaths, dovecotTokenConfig } from './dovecot-config.ts'
import { firstLine } from './first-line.ts'
import { type HostedServer, hostServer } from './host-server.ts'
import { requireProgram } from './require-program.ts'

const PACKAGES = ['dovecot-imapd', 'dovecot-lmtpd']
const DEFAULT_PASSWORD = 'correct horse battery staple'
/** The user "nobody" of Debian, who owns the mail when root starts Dovecot; Dovecot never serves mail as root. */
const NOBODY = 65_534

const run = promisify(execFile)

export interface DovecotOptions {
  /** Address to password; `support@example.com` with the default password unless told. */
  readonly users?: Readonly<Record<string, string>>
  /** A GET of this address with an access token at its end answers `{"email": …}`; XOAUTH2 is offered then. */
  readonly tokenInfoUrl?: string
}

export interface DovecotServer extends HostedServer {
  readonly imapPort: number
  readonly lmtpPort: number
  /** The password of users made without one. */
  readonly password: string
  /** Delivers by LMTP and resolves when Dovecot has it; `user+tag@` lands with `user@`. Throws what Dovecot refused. */
  deliver(recipient: string, raw: Uint8Array | string, sender?: string): Promise<void>
  /** Puts a mail into the INBOX as one that was taken in then (INTERNALDATE). */
  putOld(user: string, raw: Uint8Array, takenInAt: Date): void
  /** Resolves when the user can log in, within about a second. */
  addUser(user: string, password?: string): Promise<void>
  /** Resolves when the next log-in needs the new password, within about a second; sessions that are open stay. */
  setPassword(user: string, password: string): Promise<void>
  /**
   * Makes the folder's UIDVALIDITY change, as after a restore from a backup (RFC 3501 section 2.3.1.1). A session that has
   * the folder selected keeps what it knew until it selects anew, or is thrown out.
   */
  newUidValidity(user: string, folder?: string): Promise<{ before: bigint; after: bigint }>
}

/**
 * Starts Dovecot 2.3 on free ports of 127.0.0.1, as root or as an ordinary user.
 *
 * @throws Error with the install line when Dovecot is missing, or its log when it does not start.
 */
export async function startDovecot({
  users = { 'support@example.com': DEFAULT_PASSWORD },
  tokenInfoUrl,
}: DovecotOptions = {}): Promise<DovecotServer> {
  const program = requireProgram('dovecot', PACKAGES)
  const doveadm = requireProgram('doveadm', PACKAGES)
  await requireVersion23(program)
  const [imapPort, lmtpPort] = [await freePort(), await freePort()]
  const owner = mailOwner()
  const passwords = new Map(Object.entries(users))
  let savePasswords = () => {}
  let oldMails = 0

  const server = await hostServer({
    name: 'dovecot',
    async prepare(directory) {
      const paths = dovecotPaths(directory)
      mkdirSync(paths.homes)
      chownSync(paths.homes, owner.uid, owner.gid)
      savePasswords = passwordFileWriter(directory, passwords, owner)
      savePasswords()
      writeFileSync(
        paths.config,
        dovecotConfig({ directory, imapPort, lmtpPort, tokenInfoUrl, runAs: owner.runAs }),
      )
      if (tokenInfoUrl !== undefined) writeFileSync(paths.oauth, dovecotTokenConfig(tokenInfoUrl))
      return { program, args: ['-F', '-c', paths.config], logFiles: [paths.log] }
    },
    isReady: async () =>
      (await firstLine(imapPort)).startsWith('* OK') && (await firstLine(lmtpPort)).startsWith('220'),
  })
  const paths = dovecotPaths(server.directory)

  async function uidValidity(user: string, folder: string): Promise<bigint> {
    const args = ['-c', paths.config, '-f', 'flow', 'mailbox', 'status', '-u', user, 'uidvalidity', folder]
    const { stdout } = await run(doveadm, args)
    const value = /uidvalidity=(\d+)/.exec(stdout)?.[1]
    if (!value) throw new Error(`doveadm told no UIDVALIDITY of ${user} ${folder}: ${stdout}`)
    return BigInt(value)
  }

  // Dovecot looks at the file once a second at most, so ask it until it knows.
  async function changePassword(user: string, password: string) {
    passwords.set(user, password)
    savePasswords()
    await waitUntil(() => run(doveadm, ['-c', paths.config, 'auth', 'test', user, password]), {
      what: `Dovecot to take the password of ${user}`,
    })
  }

  return {
    ...server,
    imapPort,
    lmtpPort,
    password: DEFAULT_PASSWORD,
    deliver: (recipient, raw, sender = '') => deliverByLmtp({ port: lmtpPort, recipient, raw, sender }),
    putOld(user, raw, takenInAt) {
      const maildir = paths.maildir(user)
      for (const directory of [
        join(paths.homes, user),
        maildir,
        ...['cur', 'new', 'tmp'].map((name) => join(maildir, name)),
      ]) {
        mkdirSync(directory, { recursive: true })
        chownSync(directory, owner.uid, owner.gid)
      }
      oldMails++
      const name = `${Math.floor(takenInAt.getTime() / 1000)}.old${String(oldMails).padStart(6, '0')}.testkit`
      const file = join(maildir, 'tmp', name)
      writeFileSync(file, raw)
      chownSync(file, owner.uid, owner.gid)
      // Maildir's INTERNALDATE is the time of the file.
      utimesSync(file, takenInAt, takenInAt)
      renameSync(file, join(maildir, 'new', name))
    },
    addUser: (user, password = DEFAULT_PASSWORD) => changePassword(user, password),
    async setPassword(user, password) {
      if (!passwords.has(user)) throw new Error(`Dovecot has no user ${user}: add it first`)
      await changePassword(user, password)
    },
    async newUidValidity(user, folder = 'INBOX') {
      const before = await uidValidity(user, folder)
      const maildir = folder === 'INBOX' ? paths.maildir(user) : join(paths.maildir(user), `.${folder}`)
      for (const file of readdirSync(maildir)) {
        if (file === 'dovecot-uidlist' || file.startsWith('dovecot.index')) rmSync(join(maildir, file))
      }
      const after = await uidValidity(user, folder)
      if (after === before) throw new Error(`UIDVALIDITY of ${user} ${folder} stayed ${before}`)
      return { before, after }
    },
  }
}

type MailOwner = ReturnType<typeof mailOwner>

function mailOwner() {
  const { uid, gid, username } = userInfo()
  if (uid === 0) return { uid: NOBODY, gid: NOBODY, runAs: { root: true as const } }
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim() // Dovecot takes groups by name only
  return { uid, gid, runAs: { root: false as const, user: username, group } }
}

/** Writes the passwd-file: user:password:uid:gid:(gecos):home. Each call replaces it whole. */
function passwordFileWriter(
  directory: string,
  passwords: ReadonlyMap<string, string>,
  { uid, gid }: MailOwner,
) {
  const paths = dovecotPaths(directory)
  // Dovecot reads the file again only when its size or its time in whole seconds differs, so every version
  // gets a second of its own.
  let version = Math.floor(Date.now() / 1000)
  return () => {
    const lines = [...passwords].map(([user, password]) => {
      if (/[:\r\n]/.test(user + password))
        throw new Error(`No colon or line end may be in the password of ${user}`)
      return `${user}:${password}:${uid}:${gid}::${join(paths.homes, user)}\n`
    })
    const next = `${paths.passwords}.next`
    writeFileSync(next, lines.join(''), { mode: 0o644 })
    version++
    utimesSync(next, version, version)
    renameSync(next, paths.passwords)
  }
}

async function requireVersion23(program: string): Promise<void> {
  const { stdout } = await run(program, ['--version'])
  if (stdout.startsWith('2.3.')) return
  throw new Error(
    `The tests need Dovecot 2.3 (Debian 12); ${program} is ${stdout.trim()}, whose configuration differs`,
  )
}
