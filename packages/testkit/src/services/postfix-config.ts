/* The text of a Postfix configuration that lives wholly inside one directory and leaves the system's alone. */

import { join } from 'node:path'

export interface PostfixRelay {
  /** 'lmtp' for Dovecot, 'smtp' for a sink. */
  readonly protocol: 'lmtp' | 'smtp'
  readonly port: number
}

export interface PostfixSetup {
  readonly directory: string
  readonly smtpPort: number
  readonly domains: readonly string[]
  readonly relayTo: PostfixRelay
  /** Biggest mail in bytes; Postfix advertises it as SIZE. */
  readonly maxMessageBytes: number
}

/** Where the parts of a test's Postfix are. */
export function postfixPaths(directory: string) {
  return {
    config: join(directory, 'config'),
    queue: join(directory, 'queue'),
    data: join(directory, 'data'),
    log: join(directory, 'postfix.log'),
  }
}

/** The folders of a queue directory, as Debian's `postfix-files` lists them, by who owns them. */
export const QUEUE_FOLDERS = {
  postfix: [
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'maildrop',
    'private',
    'public',
    'saved',
    'trace',
  ],
  root: ['pid'],
} as const

/** main.cf: takes mail for the domains from loopback and hands it on, retrying every second, without DNS or TLS. */
export function mainCf({ directory, domains, relayTo, maxMessageBytes }: PostfixSetup): string {
  const { queue, data, log } = postfixPaths(directory)
  return `
compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${data}
maillog_file = ${log}
maillog_file_prefixes = ${directory}
myhostname = postfix.testkit.invalid
myorigin = $myhostname
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =

virtual_mailbox_domains = ${domains.join(' ')}
virtual_transport = ${relayTo.protocol}:inet:127.0.0.1:${relayTo.port}
default_transport = error:5.1.2 this test Postfix knows no way out
relay_transport = $default_transport
local_transport = $default_transport
smtpd_relay_restrictions = reject_unauth_destination
recipient_delimiter = +
message_size_limit = ${maxMessageBytes}
mailbox_size_limit = 0
virtual_mailbox_limit = 0

smtpd_peername_lookup = no
smtp_dns_support_level = disabled
lmtp_dns_support_level = disabled
smtpd_tls_security_level = none
smtp_tls_security_level = none
lmtp_tls_security_level = none

queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
in_flow_delay = 0
lmtp_destination_concurrency_failed_cohort_limit = 0
smtp_destination_concurrency_failed_cohort_limit = 0
`
}

/** master.cf: only what a loopback relay needs, nothing in a chroot, nothing as another user than Postfix's. */
export function masterCf({ smtpPort }: PostfixSetup): string {
  return `
127.0.0.1:${smtpPort} inet n - n - - smtpd
cleanup   unix n - n -    0 cleanup
qmgr      unix n - n 1    1 qmgr
rewrite   unix - - n -    - trivial-rewrite
bounce    unix - - n -    0 bounce
defer     unix - - n -    0 bounce
trace     unix - - n -    0 bounce
verify    unix - - n -    1 verify
flush     unix n - n 1000 0 flush
proxymap  unix - - n -    - proxymap
smtp      unix - - n -    - smtp
lmtp      unix - - n -    - lmtp
error     unix - - n -    - error
retry     unix - - n -    - error
anvil     unix - - n -    1 anvil
scache    unix - - n -    1 scache
postlog   unix-dgram n - n - 1 postlogd
`
}
