import { Refusal } from '../refusals.ts'
import { parseSearch } from '../search-keys.ts'
import type { Session } from '../session.ts'
import { type Token, textOf } from '../tokens.ts'

export async function search(session: Session, args: readonly Token[]): Promise<string> {
  return searchMails(session, args, false)
}

export async function uidSearch(session: Session, args: readonly Token[]): Promise<string> {
  return searchMails(session, args, true)
}

async function searchMails(session: Session, args: readonly Token[], byUid: boolean): Promise<string> {
  const { folder, uids } = session.selected
  const matches = parseSearch(withoutCharset(args), {
    largestNumber: uids.length,
    largestUid: uids.at(-1) ?? 0,
  })
  const found: number[] = []
  for (const { number, mail } of session.mailsIn('1:*', false)) {
    const read = async () => (await folder.read(mail.uid)) ?? Buffer.alloc(0)
    if (await matches({ number, mail, read })) found.push(byUid ? mail.uid : number)
  }
  session.send(['SEARCH', ...found].join(' '))
  return 'SEARCH completed'
}

function withoutCharset(args: readonly Token[]): readonly Token[] {
  const [first, charset, ...rest] = args
  if (first?.kind !== 'atom' || first.text.toUpperCase() !== 'CHARSET') return args
  const name = textOf(charset, 'Charset').toUpperCase()
  if (name !== 'UTF-8' && name !== 'US-ASCII')
    throw new Refusal('Unknown charset', 'BADCHARSET (UTF-8 US-ASCII)')
  return rest
}
