// Everything that is a table in code is a page in docs. One row per page.

export interface Generator {
  /** Where the page goes, from the repository's root. */
  readonly file: string
  /** The page's whole text; the same text every time for the same code. */
  generate(): Promise<string>
}

// Each source is loaded when its page is made, so that one broken package costs one page.
export const generators: readonly Generator[] = [
  {
    file: '.env.example',
    generate: async () => (await import('@maildesk/runtime')).describeEnvExample(),
  },
  {
    file: 'docs/generated/configuration.md',
    generate: async () => (await import('@maildesk/runtime')).describeConfiguration(),
  },
  {
    file: 'docs/generated/errors.md',
    generate: async () => (await import('./error-page.ts')).describeErrors(),
  },
  {
    file: 'docs/generated/failpoints.md',
    generate: async () => (await import('./failpoint-page.ts')).describeFailpoints(),
  },
  {
    file: 'docs/generated/inbound-rules.md',
    generate: async () => (await import('./inbound-rule-page.ts')).describeInboundRules(),
  },
  {
    file: 'docs/generated/jobs.md',
    generate: async () => (await import('./job-page.ts')).describeJobs(),
  },
  {
    file: 'docs/generated/mail-rules.md',
    generate: async () => (await import('./mail-rule-page.ts')).describeMailRules(),
  },
  {
    file: 'docs/generated/quarantine-reasons.md',
    generate: async () => (await import('./mail-rule-page.ts')).describeQuarantineReasons(),
  },
  {
    file: 'docs/generated/mailbox-settings.md',
    generate: async () => (await import('./mailbox-setting-page.ts')).describeMailboxSettings(),
  },
  {
    file: 'docs/generated/openapi.json',
    generate: async () => (await import('./openapi-page.ts')).describeApi(),
  },
  {
    file: 'docs/generated/scenarios.md',
    generate: async () => (await import('./scenario-page.ts')).describeScenarios(),
  },
]
