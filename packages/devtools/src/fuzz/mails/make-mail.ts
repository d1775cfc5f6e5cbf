// A plan made into the bytes of a mail.
import { charsets } from './charsets.ts'
import { headerKinds } from './header-kinds.ts'
import type { MailPlan } from './mail-plan.ts'
import { entity, type Leaf, MailWriter, type Part } from './mail-writer.ts'
import { mutated } from './mutations.ts'
import { shapes } from './shapes.ts'
import { transferEncodings } from './transfer-encodings.ts'

export interface MadeMail {
  readonly raw: Buffer
  /** The words that were planted before anything was done to the mail. */
  readonly leaves: readonly Leaf[]
}

export function makeMail(plan: MailPlan): MadeMail {
  const { mail, leaves } = unharmed(plan)
  let bytes = mail
  for (const mutation of plan.mutations) {
    const other = () =>
      unharmed({ ...plan, shape: mutation.choice % shapes.length, salt: plan.salt + 1 }).mail
    bytes = mutated(bytes, mutation, other)
  }
  return { raw: Buffer.from(bytes, 'latin1'), leaves }
}

/** What the plan is, for people: `delivery-report koi8-r base64, truncate-at-line`. */
export function describePlan({ shape, charset, encoding, mutations }: MailPlan): string {
  const made = `${row(shapes, shape).name} ${row(charsets, charset).label} ${row(transferEncodings, encoding)}`
  return [made, ...mutations.map(({ name }) => name)].join(', ')
}

function unharmed(plan: MailPlan): { mail: string; leaves: readonly Leaf[] } {
  const charset = row(charsets, plan.charset)
  const shape = row(shapes, plan.shape)
  const writer = new MailWriter(charset, row(transferEncodings, plan.encoding), plan.salt)
  const part: Part = shape.make(writer)
  const fields = [
    ...plan.headers.slice(0, 2).map((kind) => row(headerKinds, kind)(charset)),
    'From: "Made Person" <person@made.example>',
    'To: desk@made.example',
    `Subject: made mail ${plan.salt}`,
    'Date: Mon, 2 Mar 2026 10:00:00 +0100',
    `Message-ID: <m${plan.salt}@made.example>`,
    'MIME-Version: 1.0',
    ...(shape.fields ?? []),
    ...plan.headers.slice(2).map((kind) => row(headerKinds, kind)(charset)),
    ...part.fields,
  ]
  return { mail: entity({ fields, body: part.body }), leaves: writer.leaves }
}

function row<Row>(rows: readonly Row[], index: number): Row {
  return rows[index % rows.length] as Row
}
