/* The two ways a command fails without the server being at fault. */

/** Answered with `NO`: understood, and not possible. `code` is the response code in brackets, without them. */
export class Refusal extends Error {
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}

/** Answered with `BAD`: not understood. */
export class SyntaxProblem extends Error {}

/** The rest of the stream cannot be told apart any more: say BYE and hang up. */
export class StreamProblem extends Error {}
