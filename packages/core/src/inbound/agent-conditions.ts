export const agentConditions = [
  'active',
  'token',
  'answers-to-sender',
  'authenticated',
  'human',
  'no-forward',
] as const
/** What must hold before a mail speaks as an agent. */
export type AgentCondition = (typeof agentConditions)[number]
