/* The text of a Dovecot 2.3 configuration that lives wholly inside one directory. */

import { join } from 'node:path'

export interface DovecotSetup {
  readonly directory: string
  readonly imapPort: number
  readonly lmtpPort: number
  /** Where access tokens are looked up: a GET of this address with the token at its end; XOAUTH2 is offered then. */
  readonly tokenInfoUrl?: string | undefined
  /** As root Dovecot drops to users of its own; otherwise everything runs as the caller. */
  readonly runAs:
    | { readonly root: true }
    | { readonly root: false; readonly user: string; readonly group: string }
}

/** Where the parts of a test's Dovecot are. */
export function dovecotPaths(directory: string) {
  return {
    config: join(directory, 'dovecot.conf'),
    log: join(directory, 'dovecot.log'),
    passwords: join(directory, 'passwd'),
    oauth: join(directory, 'oauth2.conf'),
    homes: join(directory, 'mail'),
    maildir: (user: string) => join(directory, 'mail', user, 'Maildir'),
  }
}

/** dovecot.conf: IMAP and LMTP on loopback, Maildir, one passwd-file, no TLS, no punishment for wrong passwords. */
export function dovecotConfig({ directory, imapPort, lmtpPort, tokenInfoUrl, runAs }: DovecotSetup): string {
  const paths = dovecotPaths(directory)
  return `
protocols = imap lmtp
listen = 127.0.0.1
base_dir = ${directory}/run
state_dir = ${directory}/state
instance_name = ${directory}
log_path = ${paths.log}
ssl = no
disable_plaintext_auth = no

mail_location = maildir:~/Maildir
first_valid_uid = 1
namespace inbox {
  inbox = yes
}
${tokenInfoUrl === undefined ? '' : tokenPassdb(paths.oauth)}passdb {
  driver = passwd-file
  args = scheme=PLAIN ${paths.passwords}
}
userdb {
  driver = passwd-file
  args = ${paths.passwords}
}

# user+tag@ is delivered to user@, and Delivered-To keeps the address as it was written on the envelope.
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
lmtp_hdr_delivery_address = final
postmaster_address = postmaster@testkit.invalid

# Tests log in wrongly on purpose, often, and from one address.
auth_failure_delay = 0
auth_cache_size = 0
mail_max_userip_connections = 1000
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
${runAs.root ? '' : ordinaryUser(runAs.user, runAs.group)}`
}

/** Access tokens first; who brings a password is passed on. */
function tokenPassdb(file: string): string {
  return `
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = ${file}
}
`
}

/** What the oauth2 passdb reads: the server tells whose the token is. */
export function dovecotTokenConfig(tokenInfoUrl: string): string {
  return `tokeninfo_url = ${tokenInfoUrl}
introspection_mode = auth
username_attribute = email
`
}

/** Without root nothing may change user or root directory. */
function ordinaryUser(user: string, group: string): string {
  return `
default_login_user = ${user}
default_internal_user = ${user}
default_internal_group = ${group}
service stats {
  chroot =
}
`
}
