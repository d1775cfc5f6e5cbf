import { MaildeskError, type UserId } from '@maildesk/core'
import { findUserByEmail, inTransaction, listUserAddresses, type Transaction } from '@maildesk/db'
import { addUserAddress, removeUserAddress } from '@maildesk/flows'
import { strictAddress } from '@maildesk/mail'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

export function userAddressCommand(env: Environment): Command {
  const list = new Command('list')
    .description('The addresses of a person, the first one first.')
    .argument('<email>', 'an address of the person')
    .action(async (email: string) => {
      for (const address of await changeAddresses(env, email, async () => undefined)) printLine(address)
    })
  const add = new Command('add')
    .description('Say that an address is this person’s, too: what is written from it is theirs.')
    .argument('<email>', 'an address of the person')
    .argument('<address>', 'the further address')
    .action(async (email: string, given: string) => {
      const address = strictAddress(given)
      if (address === null) throw new MaildeskError('request.invalid', `${given} is not a mail address`)
      await changeAddresses(env, email, (tx, userId) => addUserAddress(tx, { userId, address }))
      printLine(`${address} is an address of ${email} now`)
    })
  const remove = new Command('remove')
    .description('Say that an address is not this person’s any more.')
    .argument('<email>', 'an address of the person')
    .argument('<address>', 'the one to take away')
    .action(async (email: string, address: string) => {
      await changeAddresses(env, email, (tx, userId) => removeUserAddress(tx, { userId, address }))
      printLine(`${address} is no address of ${email} any more`)
    })
  return new Command('address')
    .description('The addresses that are one person.')
    .addCommand(list)
    .addCommand(add)
    .addCommand(remove)
}

/** Changes the addresses of a person. @returns all of them then, the first one first. */
async function changeAddresses(
  env: Environment,
  email: string,
  change: (tx: Transaction, userId: UserId) => Promise<unknown>,
): Promise<string[]> {
  return withDesk(env, async ({ deps }) => {
    const user = await findUserByEmail(deps.db, email)
    if (!user) throw new MaildeskError('request.not-found', `there is no person with the address ${email}`)
    return inTransaction(deps.db, async (tx) => {
      await change(tx, user.id)
      return [user.email, ...(await listUserAddresses(tx, user.id)).map(({ address }) => address)]
    })
  })
}
