// I3: every attachment is there once, with its bytes; and no blob holds other bytes than its name says.
import type { Violation } from '../contracts.ts'
import { type Attachment, type Evidence, nameOf, type Story } from './evidence.ts'

export function checkFiles(evidence: Evidence): Violation[] {
  const { snapshot, stories } = evidence
  const missing = snapshot.attachments.filter(({ file }) => !snapshot.blobs.has(file))
  const wrong = [...snapshot.blobs].filter(([, isRight]) => !isRight)
  return [
    ...missing.map(({ filename, file, messageId }) =>
      i3('lost', `attachment ${filename} of message ${messageId}: blob ${file} is not kept`),
    ),
    ...wrong.map(([key]) => i3('lost', `blob ${key} holds other bytes`)),
    ...stories.flatMap((story) => filesOf(story, evidence)),
  ]
}

/** A mail without a message is lost as a whole; that is told elsewhere. */
function filesOf(story: Story, { attachmentsOf }: Evidence): Violation[] {
  const [message] = story.messages
  if (!message) return []
  const rows = attachmentsOf.get(message.id) ?? []
  const { attachments: made } = story.mail
  const isOf = (attachment: Attachment, { filename, sha256 }: (typeof made)[number]) =>
    attachment.filename === filename && attachment.file === sha256
  const found: Violation[] = []
  for (const file of made) {
    const same = rows.filter((row) => isOf(row, file))
    const about = `attachment ${file.filename} (${file.sha256}) of mail ${nameOf(story)}`
    if (same.length === 0) found.push(i3('lost', `${about} is not at message ${message.id}`))
    if (same.length > 1)
      found.push(i3('doubled', `${about} is ${same.length} times at message ${message.id}`))
    if (file.size !== undefined && same.some(({ size }) => size !== file.size))
      found.push(
        i3('other', `${about} has ${same.map(({ size }) => size).join(', ')} bytes, not ${file.size}`),
      )
  }
  for (const row of rows) {
    if (!made.some((file) => isOf(row, file)))
      found.push(
        i3(
          'unexplained',
          `message ${message.id} has ${row.filename} (${row.file}), mail ${story.mark} had not`,
        ),
      )
  }
  return found
}

function i3(kind: Violation['kind'], detail: string): Violation {
  return { invariant: 'I3', kind, detail }
}
