// `npm run db:dump`: migrates an empty embedded PostgreSQL and writes its schema to docs/generated/schema.sql;
// with --check it only fails when the file is out of date.

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectDatabase, migrateDatabase } from '@maildesk/db'
import { startEmbeddedPostgres } from '@maildesk/embedded'
import { openLogger } from '@maildesk/runtime'
import { writeOrCompare } from './docs/generated-file.ts'
import { repositoryRoot } from './repository.ts'
import { describeSchema, schemaFile } from './schema/describe-schema.ts'

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values
const differed = writeOrCompare(repositoryRoot, schemaFile, await dumpFreshSchema(), check)

if (differed && check) {
  console.error(`${schemaFile} is out of date; run \`npm run db:dump\` and commit the result`)
  process.exitCode = 1
} else if (differed) {
  console.log(`${schemaFile} written`)
}

async function dumpFreshSchema(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-schema-'))
  try {
    // As root, the server runs as another user, who must be able to pass.
    await chmod(folder, 0o711)
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      shelters: [join(folder, 'shelter')],
      log: openLogger({ level: 'warn', format: 'pretty', role: 'dump-schema' }),
    })
    try {
      return await dumpMigrated(server.url)
    } finally {
      await server.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function dumpMigrated(url: string): Promise<string> {
  const db = connectDatabase(url)
  try {
    await migrateDatabase(db)
    return await describeSchema(db)
  } finally {
    await db.destroy()
  }
}
