import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JobName, jobIdOf, jobTable } from './jobs.ts'

const names = Object.keys(jobTable) as JobName[]

test('a job’s id is one the queue takes: no colon, not digits alone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.uuid(), (name, id) => {
      expect(jobIdOf({ name, id })).not.toContain(':')
      expect(jobIdOf({ name, id })).not.toMatch(/^\d+$/)
    }),
  )
})

test('the same row rung for twice is one job, and another kind of work on it another', () => {
  const ids = names.map((name) => jobIdOf({ name, id: 'row' }))
  expect(new Set(ids).size).toBe(names.length)
  expect(names.map((name) => jobIdOf({ name, id: 'row' }))).toEqual(ids)
})

test.each(Object.entries(jobTable))('%s says what it does and on what', (_name, { subject, summary }) => {
  expect(subject).toMatch(/Id$/)
  expect(summary).toMatch(/^[A-Z].*\.$/)
})
