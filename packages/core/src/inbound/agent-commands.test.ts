import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentCommandWords, readAgentCommands } from './agent-commands.ts'

test.each([
  ['#assign me', { kind: 'assign', to: 'me' }],
  ['#assign Bob Builder', { kind: 'assign', to: 'Bob Builder' }],
  ['#close', { kind: 'status', status: 'closed', days: null }],
  ['#CLOSE', { kind: 'status', status: 'closed', days: null }],
  ['  #resolve ', { kind: 'status', status: 'resolved', days: null }],
  ['#open', { kind: 'status', status: 'open', days: null }],
  ['#pending', { kind: 'status', status: 'in_progress', days: null }],
  ['#pending 3d', { kind: 'status', status: 'in_progress', days: 3 }],
  ['#pending 2 weeks', { kind: 'status', status: 'in_progress', days: 14 }],
  ['#tag late payer', { kind: 'tag', tag: 'late payer' }],
  ['#priority High', { kind: 'priority', priority: 'high' }],
  ['#priority: urgent', { kind: 'priority', priority: 'urgent' }],
  ['#merge 123', { kind: 'merge', number: '123' }],
  ['#merge #123', { kind: 'merge', number: '123' }],
  ['#note', { kind: 'note' }],
  ['#public', { kind: 'public' }],
  ['\u200b#close\u00a0', { kind: 'status', status: 'closed', days: null }],
] as const)('%s is understood, and is no text', (line, command) => {
  expect(readAgentCommands(`${line}\n\nHello`)).toEqual({ commands: [command], problems: [], text: 'Hello' })
})

test('several commands stand one a line, with empty lines between them', () => {
  const { commands, text } = readAgentCommands('\n#close\n\n#tag paid\n#assign me\nDear Ada,\n\nthank you.')
  expect(commands.map(({ kind }) => kind)).toEqual(['status', 'tag', 'assign'])
  expect(text).toBe('Dear Ada,\n\nthank you.')
})

test.each([
  '#assign',
  '#close the window, please',
  '#pending until tomorrow',
  '#pending 0d',
  '#pending 999d',
  '#tag',
  `#tag ${'x'.repeat(51)}`,
  '#priority hihg',
  '#merge',
  '#merge them',
  '#note to self',
  `#assign ${'x'.repeat(500)}`,
])('%s begins as a command and is not understood', (line) => {
  const { commands, problems } = readAgentCommands(`${line}\nHello`)
  expect(commands).toEqual([])
  expect(problems).toHaveLength(1)
})

test('a command below text is not guessed at', () => {
  const { commands, problems } = readAgentCommands('Hello\n#close')
  expect(commands).toEqual([])
  expect(problems).toEqual([
    { line: '#close', problem: 'stands below text; commands are read in the first lines only' },
  ])
})

test('two statuses at once are a contradiction', () => {
  expect(readAgentCommands('#close\n#pending').problems).toHaveLength(1)
})

describe('what is no command is text', () => {
  test.each(['#hashtag', '# Heading', '#closed', '#close-up', '#1234', '#', '##close', 'a #close'])(
    '%s',
    (line) => {
      expect(readAgentCommands(`${line}\nHello`)).toEqual({
        commands: [],
        problems: [],
        text: `${line}\nHello`,
      })
    },
  )

  test('and commands may follow a word that is none', () => {
    const { commands, text } = readAgentCommands('#thanks\n#close\nBye')
    expect(commands).toHaveLength(1)
    expect(text).toBe('#thanks\nBye')
  })
})

test('no line that begins with a command word is ever both without a problem and left in the text', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc
      .tuple(fc.constantFrom(...agentCommandWords), fc.constantFrom('', ' ', ' me', ' 3', ' low', '\t'))
      .map(([word, rest]) => `#${word}${rest}`),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const { problems, text } = readAgentCommands(lines.join('\n'))
      const left = text.split('\n').filter((one) => {
        const word = /^\s*#([a-z]+)(?:\s|$)/i.exec(one)?.[1]?.toLowerCase() ?? ''
        return agentCommandWords.includes(word)
      })
      if (left.length > 0) expect(problems.length).toBeGreaterThan(0)
    }),
  )
})
