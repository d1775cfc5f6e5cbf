// The process that reads mails, one at a time, and may be killed at any moment. It gets no secrets, no environment and
// no network client; all it has is one folder per mail.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobKey, errorText, type StoredBlob } from '@maildesk/core'
import { type PartSink, parseEmail } from './parse-email.ts'
import { type ParseAnswer, type ParseOrder, readyMessage } from './parser-messages.ts'

process.on('message', (order: ParseOrder) => {
  void obey(order).then((answer) => process.send?.(answer))
})
// The parent is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(0))
process.send?.(readyMessage)

async function obey(order: ParseOrder): Promise<ParseAnswer> {
  try {
    return {
      outcome: await parseEmail(createReadStream(order.rawFile), folderSink(order.partsFolder), order.limits),
    }
  } catch (error) {
    return { broken: errorText(error) }
  }
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
