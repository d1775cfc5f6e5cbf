// The process that reads mails, one at a time, and may be killed at any moment. It gets no secrets, no environment and
// no network client; all it has is one folder per mail.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobKey, errorText, type StoredBlob } from '@maildesk/core'
import { type PartSink, parseEmail } from './parse-email.ts'
import { type Answer, type DnsAnswer, type DnsQuestion, type Order, readyMessage } from './parser-messages.ts'

process.on('message', (message: Order | DnsAnswer) => {
  if (message.kind === 'dns') hear(message)
  else void obey(message).then((answer) => process.send?.(answer))
})
// The parent is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(0))
process.send?.(readyMessage)

async function obey(order: Order): Promise<Answer> {
  try {
    if (order.kind === 'verify') {
      // Loaded when first asked for: most desks leave verifying to the server in front of the mailbox.
      const { verifySignatures } = await import('../authenticate/verify-signatures.ts')
      return {
        report: await verifySignatures(createReadStream(order.rawFile), order.signatures, askForTxt),
      }
    }
    return {
      outcome: await parseEmail(createReadStream(order.rawFile), folderSink(order.partsFolder), order.limits),
    }
  } catch (error) {
    return { broken: errorText(error) }
  }
}

const questions = new Map<number, (answer: DnsAnswer) => void>()
let asked = 0

/** Asks the parent, which has the network. */
async function askForTxt(name: string, type: string): Promise<string[][]> {
  asked += 1
  const id = asked
  const answer = await new Promise<DnsAnswer>((resolve) => {
    questions.set(id, resolve)
    process.send?.({ ask: { id, name, type } } satisfies DnsQuestion)
  })
  if ('records' in answer) return answer.records
  throw Object.assign(new Error(`DNS ${answer.code}: ${name}`), { code: answer.code })
}

function hear(answer: DnsAnswer): void {
  questions.get(answer.id)?.(answer)
  questions.delete(answer.id)
}

/** Keeps parts as files named by their hash. Not synced: the parent copies them into the blob store, which does. */
function folderSink(folder: string): PartSink {
  return {
    async put(bytes): Promise<StoredBlob> {
      const temporary = join(folder, `${randomUUID()}.part`)
      const hash = createHash('sha256')
      let size = 0
      const file = await open(temporary, 'wx', 0o600)
      try {
        for await (const chunk of bytes) {
          hash.update(chunk)
          size += chunk.length
          await file.writeFile(chunk)
        }
      } finally {
        await file.close()
      }
      const key = hash.digest('hex') as BlobKey
      await rename(temporary, join(folder, key))
      return { key, size }
    },
  }
}
