import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryRoot } from '../repository.ts'
import { describeSchema, schemaFile } from './describe-schema.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('the kept schema is what the migrations make; if not, run `npm run db:dump`', async () => {
  expect(await describeSchema(database.db)).toBe(readFileSync(join(repositoryRoot, schemaFile), 'utf8'))
})

test('the description changes with a column, an index, a constraint, a function, a trigger and a comment', async () => {
  const changes = [
    `ALTER TABLE tickets ADD COLUMN drift_column text NOT NULL DEFAULT 'x'`,
    `CREATE INDEX drift_index ON tickets (drift_column)`,
    `ALTER TABLE tickets ADD CONSTRAINT drift_constraint CHECK (drift_column <> '')`,
    `CREATE FUNCTION drift_function() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
    `CREATE TRIGGER drift_trigger BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION drift_function()`,
    `COMMENT ON COLUMN tickets.drift_column IS 'drift_comment'`,
    `CREATE VIEW drift_view AS SELECT drift_column FROM tickets`,
    `CREATE TYPE drift_type AS ENUM ('a', 'b')`,
    `CREATE SEQUENCE drift_sequence`,
  ]
  for (const change of changes) {
    const before = await describeSchema(database.db)
    await database.db.raw(change)
    expect(await describeSchema(database.db), change).not.toBe(before)
  }
})

test('what other schemas hold is not described', async () => {
  const before = await describeSchema(database.db)
  await database.db.raw('CREATE SCHEMA elsewhere')
  await database.db.raw('CREATE TABLE elsewhere.jobs (id int PRIMARY KEY)')
  expect(await describeSchema(database.db)).toBe(before)
})
