// Codes in what mail servers say: reply codes (RFC 5321 §4.2) and enhanced status codes (RFC 3463).

/** RFC 3463: class 2, 4 or 5; subject 0 to 7; detail. Not a part of an IP address or of a longer number. */
const enhanced = /(?<![\d.\w])([245]\.[0-7]\.\d{1,3})(?![\d\w]|\.\d)/g
/** The same right after a reply code: what a server answered, not a version number in its greeting. */
const answered = /(?<![\d.\w])[45]\d\d[ :-]{1,2}#?([45]\.[0-7]\.\d{1,3})(?![\d\w]|\.\d)/g
const reply = /(?<![\d.\w:/])([45][0-7]\d)(?=[ :-]|$)/m

/** The enhanced status code that says most: the last one answered by a server; undefined when there is none. */
export function statusIn(said: string): string | undefined {
  const codes = [...said.matchAll(answered), ...said.matchAll(enhanced)].map((match) => match[1] ?? '')
  const answers = [...said.matchAll(answered)].map((match) => match[1] ?? '')
  return answers.findLast(saysSomething) ?? codes.find(saysSomething) ?? answers.at(-1) ?? codes[0]
}

/** x.0.0 is "other or undefined status" (RFC 3463 §3.1). */
export function saysSomething(status: string): boolean {
  return !status.endsWith('.0.0')
}

/** The first reply code of a refusal, '550'; undefined when there is none. */
export function replyCodeIn(said: string): string | undefined {
  return reply.exec(said)?.[1]
}
