// What a process can be.

export const roles = ['poller', 'worker', 'api'] as const
export type Role = (typeof roles)[number]
