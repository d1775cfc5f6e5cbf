// The exit codes of every command, after sysexits.h.

export const exitFailure = 1
/** doctor --deep only. */
export const exitCouldNotCheck = 2
/** EX_USAGE. */
export const exitWrongUse = 64
/** EX_DATAERR: refused, with the reason; the bytes are kept where they were given. */
export const exitRefused = 65
/** EX_NOINPUT: a file cannot be read. */
export const exitNoInput = 66
/** EX_TEMPFAIL: try again. */
export const exitTryAgain = 75
/** EX_CONFIG. */
export const exitConfig = 78

export const exitCodes = `
Exit codes:
  0   done
  1   a check or the command failed
  2   doctor --deep: something could not be checked
  64  wrong use of the command line
  65  the input was refused (ingest: the raw bytes are kept)
  66  a file cannot be read
  75  a server is away: try again
  78  the configuration has problems`
