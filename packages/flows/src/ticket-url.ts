import type { DeskSettings } from './deps.ts'

/** Where a ticket is looked at, by its number. */
export function ticketUrl({ publicUrl }: Pick<DeskSettings, 'publicUrl'>, number: string): string {
  return `${publicUrl}/api/v1/tickets/${number}`
}
