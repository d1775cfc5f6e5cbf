// What an agent is told of by mail, as JSON.
import { notifyEvents, wants } from '@maildesk/core'
import type { AgentSettingsRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { Named, Nullable } from './schema.ts'

const Event = Type.Object({ wanted: Type.Boolean(), is_default: Type.Boolean() })

export const NotificationsSchema = Named('Notifications', {
  events: Type.Object(Object.fromEntries(notifyEvents.map((event) => [event, Event]))),
  paused_reason: Nullable(Type.String({ description: 'Why nothing is mailed to this agent at present.' })),
})

export function presentNotifications(
  settings: AgentSettingsRow | undefined,
): Static<typeof NotificationsSchema> {
  const notify = settings?.notify ?? {}
  const events = notifyEvents.map((event) => [
    event,
    { wanted: wants({ notify }, event), is_default: !Object.hasOwn(notify, event) },
  ])
  return { events: Object.fromEntries(events), paused_reason: settings?.mail_paused_reason ?? null }
}
