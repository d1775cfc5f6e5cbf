import { expect, test } from 'vitest'
import { describeConfiguration, describeEnvExample, showConfiguration } from './describe-config.ts'
import { loadConfig } from './load-config.ts'
import { configurationVariables, type VariableName } from './variables.ts'

const names = Object.keys(configurationVariables) as VariableName[]

test('the page has one row of four cells for every variable', () => {
  const rows = describeConfiguration()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows.map((row) => /^\| `(\w+)`/.exec(row)?.[1])).toEqual(names)
  for (const row of rows) expect(row.split(' | '), row).toHaveLength(4)
})

test('every variable says what it means, in a sentence', () => {
  for (const name of names) expect(configurationVariables[name].meaning, name).toMatch(/^[A-Z].*\.$/s)
})

test('the example names every variable, sets none, and what it suggests is valid', () => {
  const lines = describeEnvExample().split('\n')
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
  const suggested = lines.map((line) => /^#([A-Z0-9_]+)=(.*)$/.exec(line)).filter((match) => match !== null)
  const env = Object.fromEntries(suggested.map(([, name, value]) => [name, value]))
  expect(Object.keys(env)).toEqual(names)
  expect(() => loadConfig(env)).not.toThrow()
})

test('what is shown tells set from default, and never a secret', () => {
  const env = Object.fromEntries(names.map((name) => [name, `canary of ${name}`]))
  for (const { name, value, isDefault } of showConfiguration(env)) {
    expect(isDefault).toBe(false)
    expect(value).toBe(
      configurationVariables[name as VariableName].secret ? '(set, not shown)' : `canary of ${name}`,
    )
  }
  expect(showConfiguration({ PORT: ' ' }).every(({ isDefault }) => isDefault)).toBe(true)
  expect(showConfiguration({}).find(({ name }) => name === 'PORT')).toEqual({
    name: 'PORT',
    value: '3000',
    isDefault: true,
  })
})

test('whatever holds a password or key is marked as secret', () => {
  expect(names.filter((name) => configurationVariables[name].secret)).toEqual([
    'DATABASE_URL',
    'REDIS_URL',
    'MAILDESK_SECRET_KEY',
  ])
})
