// The table of settings as pages for people.
import type { Environment } from './load-config.ts'
import { configurationVariables, type VariableName } from './variables.ts'

const names = Object.keys(configurationVariables) as VariableName[]

/** docs/generated/configuration.md. */
export function describeConfiguration(): string {
  const rows = names.map((name) => {
    const { meaning } = configurationVariables[name]
    return `| \`${name}\` | ${describeKind(name)} | ${defaultOf(name)} | ${meaning} |`
  })
  return [
    '# Configuration',
    '',
    'Environment variables, read once at start. A bad or unknown one stops the start with a list of all problems.',
    '',
    '| variable | type | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** .env.example: every variable, commented out. */
export function describeEnvExample(): string {
  const blocks = names.map(
    (name) =>
      `# ${configurationVariables[name].meaning}\n#${name}=${configurationVariables[name].default ?? ''}`,
  )
  return `# Generated from the table of settings. Copy to .env and uncomment what you change.\n\n${blocks.join('\n\n')}\n`
}

export interface ShownSetting {
  readonly name: string
  readonly value: string
  readonly isDefault: boolean
}

/** What `maildesk config` prints; secrets are told apart only as set or unset. */
export function showConfiguration(env: Environment): ShownSetting[] {
  return names.map((name) => {
    const set = env[name]?.trim()
    if (!set)
      return {
        name,
        value:
          configurationVariables[name].default ?? `(${configurationVariables[name].defaultShown ?? 'unset'})`,
        isDefault: true,
      }
    return { name, value: configurationVariables[name].secret ? '(set, not shown)' : set, isDefault: false }
  })
}

function describeKind(name: VariableName): string {
  const { kind } = configurationVariables[name]
  switch (kind.type) {
    case 'integer':
      return `whole number ${kind.min}–${kind.max}`
    case 'choice':
      return kind.choices.map((choice) => `\`${choice}\``).join(' ')
    case 'url':
      return `URL (${kind.schemes.map((scheme) => `\`${scheme}\``).join(' ')})`
    case 'boolean':
      return '`true` or `false`'
    case 'list':
      return 'list'
    case 'ladder':
      return 'list of `mails/minutes`'
    case 'text':
      return 'text'
  }
}

function defaultOf(name: VariableName): string {
  const { default: value, defaultShown } = configurationVariables[name]
  if (defaultShown) return defaultShown
  if (value === undefined) return 'unset'
  return value.includes(',')
    ? value
        .split(',')
        .map((entry) => `\`${entry}\``)
        .join(' ')
    : `\`${value}\``
}
