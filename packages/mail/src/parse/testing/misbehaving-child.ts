// A parser child that does what the mail's first line tells, to prove that the pool survives it. For tests only.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MaildeskError } from '@maildesk/core'
import { type Answer, type ParseOrder, readyMessage } from '../parser-messages.ts'

const behaviours: Readonly<Record<string, (order: ParseOrder) => void>> = {
  hang: () => {
    for (;;);
  },
  sleep: () => undefined,
  eat: () => {
    const eaten: Buffer[] = []
    setInterval(() => eaten.push(Buffer.alloc(32 * 1024 * 1024, 1)), 5)
  },
  heap: () => {
    const eaten: object[] = []
    for (;;) eaten.push({ at: eaten.length })
  },
  crash: () => process.abort(),
  throw: () => {
    throw new MaildeskError('mail.unparseable', 'a bug')
  },
  exit: () => process.exit(0),
  pid: () => answer({ outcome: { ok: false, failure: 'unparseable', detail: String(process.pid) } }),
  write: (order) => {
    try {
      writeFileSync(join(dirname(order.rawFile), '..', '..', 'escaped'), 'x')
    } catch (error) {
      answer({
        outcome: { ok: false, failure: 'unparseable', detail: (error as NodeJS.ErrnoException).code ?? '' },
      })
    }
  },
  env: () => {
    const variables = readFileSync('/proc/self/environ', 'utf8').split('\0').filter(Boolean)
    const names = variables.map((variable) => variable.split('=')[0])
    answer({ outcome: { ok: false, failure: 'unparseable', detail: names.join(' ') } })
  },
}

process.on('message', (order: ParseOrder) => {
  const word = readFileSync(order.rawFile, 'utf8').split('\n')[0] ?? ''
  behaviours[word]?.(order)
})
process.on('disconnect', () => process.exit(0))
process.send?.(readyMessage)

function answer(message: Answer): void {
  process.send?.(message)
}
