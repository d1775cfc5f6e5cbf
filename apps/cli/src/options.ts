// Options that several commands share.
import { InvalidArgumentError, Option } from 'commander'

const maxListed = 1000

/** `--limit <n>`: how many rows a list shows. */
export function limitOption(flags = '--limit <n>', description = 'how many at most', value = 50): Option {
  return new Option(flags, description).default(value).argParser((text) => {
    const limit = Number(text)
    if (!Number.isInteger(limit) || limit < 1 || limit > maxListed)
      throw new InvalidArgumentError(`a whole number from 1 to ${maxListed} is wanted`)
    return limit
  })
}

export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices)
}

/** Parses a TCP port. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('a port from 1 to 65535 is wanted')
  return port
}

/** Parses the id of a ledger row. */
export function parseId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new InvalidArgumentError('an id is wanted, as `list` shows it')
  return text.toLowerCase()
}
