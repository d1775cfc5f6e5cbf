/* Every limit of the sandbox mail server. */

/** Largest mail taken over SMTP or IMAP APPEND; bytes. */
export const DEFAULT_MAX_MAIL_BYTES = 60 * 1024 * 1024
/** Longest IMAP command, without its literals; bytes. */
export const MAX_LINE_BYTES = 64 * 1024
/** Longest literal that is not an appended mail (a name, a password, a search word); bytes. */
export const MAX_STRING_LITERAL_BYTES = 16 * 1024
/** Most literals in one command. */
export const MAX_LITERALS = 32
/** Deepest nesting of parentheses in a command. */
export const MAX_LIST_DEPTH = 16
/** Malformed commands in a row after which the server hangs up. */
export const MAX_BAD_COMMANDS = 20
/** A silent IMAP connection is closed after this; milliseconds. RFC 9051 section 5.4 asks for at least 30 minutes. */
export const IMAP_SILENCE_MS = 35 * 60_000
/** Connections at one time, for each of the two protocols. */
export const MAX_CONNECTIONS = 200
/** Longest address or folder name, as encoded for the disk; file systems take 255 bytes. */
export const MAX_NAME_BYTES = 200
/** How long open connections may finish when the server stops; milliseconds. */
export const STOP_PATIENCE_MS = 2_000
