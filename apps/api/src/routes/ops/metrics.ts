import { clockSkewMs, healthReasons, inboundStatuses, MaildeskError, outboundStatuses } from '@maildesk/core'
import {
  countBadTokenEmails,
  countInboundByStatus,
  countOutboundByStatus,
  listPolledFolders,
} from '@maildesk/db'
import { Type } from 'typebox'
import type { ApiApp } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { maySeeDetails } from '../../may-see-details.ts'
import { shared } from '../../shared.ts'
import { expositionOf, type Metric } from './exposition.ts'
import { type Health, readHealth } from './read-health.ts'

/** Counting whole ledgers costs; scrapers that come together share one count. Milliseconds. */
const reuseMs = 5000

export function metrics(app: ApiApp, deps: ApiDeps): void {
  const read = shared(() => readMetrics(deps), reuseMs)
  app.get(
    '/metrics',
    {
      config: { policy: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Ledgers and mailboxes in numbers, for Prometheus',
        description: 'For staff and for callers on this machine.',
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      if (!maySeeDetails(request))
        throw new MaildeskError('request.unauthenticated', 'numbers are for staff and for this machine')
      reply.type('text/plain; version=0.0.4; charset=utf-8')
      return expositionOf(await read())
    },
  )
}

/** While the database is away, what can be told without it. */
async function readMetrics(deps: ApiDeps): Promise<Metric[]> {
  const health = await readHealth(deps)
  return health.vitals ? [...healthMetrics(health), ...(await ledgerMetrics(deps))] : healthMetrics(health)
}

function healthMetrics({ reasons, dependencies, vitals }: Health): Metric[] {
  const gauge = (name: string, help: string, samples: Metric['samples']): Metric => ({
    name,
    help,
    type: 'gauge',
    samples,
  })
  const reasonSamples = Object.entries(healthReasons).map(([reason, { level }]) => ({
    labels: { reason, level },
    value: reasons.filter((found) => found.reason === reason).length,
  }))
  const up = dependencies.map(({ name, ok }) => ({ labels: { name }, value: Number(ok) }))
  const metrics = [
    gauge(
      'maildesk_health_reasons',
      'What is wrong, as /health/ready tells it; 0 of each is well.',
      reasonSamples,
    ),
    gauge('maildesk_dependency_up', '1 while it answers.', up),
  ]
  if (!vitals) return metrics
  return [
    ...metrics,
    gauge('maildesk_clock_skew_seconds', 'By how much PostgreSQL’s clock is ahead of this host’s.', [
      { labels: {}, value: clockSkewMs(vitals.clock) / 1000 },
    ]),
    gauge(
      'maildesk_oldest_due_seconds',
      'How long the longest waiting mail of a ledger is due; 0 when none is.',
      [
        { labels: { ledger: 'inbound' }, value: Math.floor((vitals.inboundOverdueMs ?? 0) / 1000) },
        { labels: { ledger: 'outbound' }, value: Math.floor((vitals.outboundOverdueMs ?? 0) / 1000) },
      ],
    ),
    gauge('maildesk_undecided_emails', 'Replies of unknown fate that wait for a person.', [
      { labels: {}, value: vitals.undecided },
    ]),
    gauge(
      'maildesk_smtp_paused',
      '1 for each mailbox that sends nothing until its SMTP access is mended.',
      vitals.paused.map(({ address }) => ({ labels: { mailbox: address }, value: 1 })),
    ),
  ]
}

async function ledgerMetrics({ db }: ApiDeps): Promise<Metric[]> {
  const [inbound, outbound, folders, badTokens] = await Promise.all([
    countInboundByStatus(db),
    countOutboundByStatus(db),
    listPolledFolders(db),
    countBadTokenEmails(db),
  ])
  const perFolder = (value: (folder: (typeof folders)[number]) => number | null) =>
    folders.flatMap((folder) => {
      const found = value(folder)
      return found === null
        ? []
        : [{ labels: { mailbox: folder.address, folder: folder.folder }, value: found }]
    })
  return [
    {
      name: 'maildesk_inbound_emails',
      help: 'Mails in the inbound ledger.',
      type: 'gauge',
      samples: inboundStatuses.map((status) => ({ labels: { status }, value: inbound[status] ?? 0 })),
    },
    {
      name: 'maildesk_outbound_emails',
      help: 'Mails in the outbound ledger.',
      type: 'gauge',
      samples: outboundStatuses.map((status) => ({ labels: { status }, value: outbound[status] ?? 0 })),
    },
    {
      name: 'maildesk_bad_token_emails',
      help: 'Mails in the ledger with a reply token that no key of ours made: guesses, or damage.',
      type: 'gauge',
      samples: [{ labels: {}, value: badTokens }],
    },
    {
      name: 'maildesk_imap_seconds_since_good_poll',
      help: 'Seconds since a folder was last read without trouble, or since it was added. The thing to alarm on.',
      type: 'gauge',
      samples: perFolder(({ secondsWaiting }) => Math.floor(secondsWaiting)),
    },
    {
      name: 'maildesk_imap_folder_failing',
      help: '1 while the last try to read the folder failed.',
      type: 'gauge',
      samples: perFolder(({ errorIsNewer }) => Number(errorIsNewer)),
    },
    {
      name: 'maildesk_imap_unaccounted_messages',
      help: 'Mails that the last comparison found in the folder and not in the ledger; they were fetched then.',
      type: 'gauge',
      samples: perFolder(({ unaccounted }) => unaccounted),
    },
  ]
}
