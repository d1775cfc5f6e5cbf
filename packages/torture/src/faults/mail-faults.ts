// The mail servers go away, and connections to them break in the middle of a mail.
import type { ProxyDirection, TcpProxy } from '@maildesk/testkit'
import type { Rig } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import { during, type Fault, outage, pause } from './fault.ts'

/** Where in a mail a connection breaks, parts of its length. */
const cutsAt = [0.01, 0.5, 0.99]

export const imapFaults: readonly Fault[] = [
  {
    name: 'imap-server-killed',
    about: 'imap',
    shows: 'mailbox-failing',
    strike: ({ servers: { dovecot } }, random) =>
      during(
        () => dovecot.kill(),
        () => outage(random),
        () => dovecot.restart(),
      ),
  },
  {
    name: 'imap-server-frozen',
    about: 'imap',
    strike: ({ servers: { dovecot } }, random) =>
      during(
        () => dovecot.freeze(),
        () => pause(random, 3000, 8000),
        () => dovecot.thaw(),
      ),
  },
  ...cutsAt.map(
    (part): Fault => ({
      name: `imap-cut-at-${part * 100}-percent`,
      about: 'imap',
      strike: (rig, random) => cutInLargeMail(rig, random, part),
    }),
  ),
  {
    name: 'imap-link-cut',
    about: 'imap',
    async strike({ links }, random) {
      for (let time = 0; time < 3; time += 1) {
        links.imap.cut()
        await pause(random, 100, 1000)
      }
    },
  },
  ...ofLink('imap', ({ links }) => links.imap),
]

export const smtpFaults: readonly Fault[] = [
  {
    name: 'smtp-link-cut',
    about: 'smtp',
    async strike({ links }, random) {
      for (let time = 0; time < 6; time += 1) {
        links.smtp.cut()
        await pause(random, 20, 400)
      }
    },
  },
  ...(['to-server', 'to-client'] as const).map(
    (direction: ProxyDirection): Fault => ({
      name: `smtp-cut-${direction}`,
      about: 'smtp',
      async strike({ links }, random) {
        // A mail of ours is about 2,000 bytes, what is said to it about 300.
        links.smtp.cutAfterBytes(direction, Math.floor(random() * (direction === 'to-server' ? 2500 : 400)))
        await pause(random, 500, 1500)
        links.smtp.cutAfterBytes(direction, Infinity)
      },
    }),
  ),
  ...ofLink('smtp', ({ links }) => links.smtp),
  {
    name: 'smtp-refusing-for-now',
    about: 'smtp',
    strike: ({ sink }, random) =>
      during(
        () => sink.script({ at: 'mail', action: { reply: '451 4.3.0 later' }, times: Infinity }),
        () => pause(random, 1000, 3000),
        () => sink.clearScript(),
      ),
  },
]

function ofLink(about: 'imap' | 'smtp', linkOf: (rig: Rig) => TcpProxy): Fault[] {
  return [
    {
      name: `${about}-link-silent`,
      about,
      strike: (rig, random) =>
        during(
          () => linkOf(rig).blackhole(true),
          () => pause(random, 2000, 7000),
          () => linkOf(rig).blackhole(false),
        ),
    },
    {
      name: `${about}-link-standing-still`,
      about,
      strike: (rig, random) =>
        during(
          () => linkOf(rig).pause(),
          () => pause(random, 500, 3000),
          () => linkOf(rig).resume(),
        ),
    },
  ]
}

/** The cut comes when a mail of some 100 KiB is on its way; which bytes are its own is as exact as it needs to be. */
async function cutInLargeMail(rig: Rig, random: () => number, part: number): Promise<void> {
  const [mail] = makeMails({
    seed: Math.floor(random() * 2 ** 30),
    count: 1,
    to: rig.support,
    shape: ['large'],
  })
  if (!mail) throw new RangeError('no mail was made')
  rig.links.imap.cutAfterBytes('to-client', Math.floor(mail.raw.length * part))
  await rig.deliver(mail)
  await pause(random, 1000, 2000)
  rig.links.imap.cutAfterBytes('to-client', Infinity)
}
