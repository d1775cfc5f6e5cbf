import { defineConfig } from 'vitest/config'

// Which project a test belongs to is said by its file name: what it needs to run is the last word before .test.ts.
const DATABASE = '**/*.db.test.ts'
const STORIES = '**/*.e2e.test.ts'
const SERVICES = '**/*.services.test.ts'
const HEAVY = '**/*.heavy.test.ts'

const everywhere = (pattern: string) => [`packages/${pattern}`, `apps/${pattern}`]
const NEVER = ['**/node_modules/**', '**/data/**']

// One embedded PostgreSQL for the whole run; each test file gets a database of its own from it.
const postgres = ['packages/testkit/src/postgres-global-setup.ts']

export default defineConfig({
  test: {
    // Each file starts real servers or real queries; more workers than this only make two cores slower.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere('**/*.test.ts'),
          exclude: [...NEVER, DATABASE, STORIES, SERVICES, HEAVY],
          pool: 'threads',
          isolate: false,
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'heavy',
          include: everywhere(HEAVY),
          exclude: NEVER,
          globalSetup: postgres,
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'database',
          include: everywhere(DATABASE),
          exclude: NEVER,
          globalSetup: postgres,
          pool: 'forks',
          // Some start the command line many times over.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: everywhere(STORIES),
          exclude: NEVER,
          globalSetup: postgres,
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'services',
          provide: { queueRounds: Number(process.env.MAILDESK_QUEUE_ROUNDS ?? 10) },
          include: everywhere(SERVICES),
          exclude: NEVER,
          globalSetup: postgres,
          pool: 'forks',
          // Dovecot, Postfix and Redis each start once per file; side by side they fight over the two cores.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
