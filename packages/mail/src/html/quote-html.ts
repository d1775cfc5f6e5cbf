import { safeHtml } from './safe-html.ts'

/** HTML of a mail as an answer may quote it: harmless, and without pictures, which do not go along. Never throws for its input. */
export function quoteHtml(html: string): string {
  return safeHtml(html, { cidUrl: () => undefined })
}
