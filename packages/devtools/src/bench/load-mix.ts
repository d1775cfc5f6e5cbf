// Mail as a support desk gets it, made up: an estimate of its kinds and sizes, the same for the same seed.
import { bodies, type LoadKind, odd } from './mail-bodies.ts'
import { headerBlock, type Letter, newLetter } from './mail-headers.ts'
import { type Seeded, seeded } from './seeded.ts'

export interface LoadMail {
  readonly kind: LoadKind
  readonly bytes: Buffer
}

export interface LoadMixOptions {
  readonly mails: number
  readonly seed: number
  /** False: what would carry files comes without them. */
  readonly attachments: boolean
}

/** Of a hundred mails. */
const shares: readonly (readonly [LoadKind, number])[] = [
  ['plain', 50],
  ['alternative', 15],
  ['attachments', 15],
  ['odd', 8],
  ['bounce', 5],
  ['auto-reply', 2],
  ['broken-html', 5],
]

/** Of a file, bytes: half are below, and one in twenty is larger than 1.5 MiB. */
const fileMedian = 80 * 1024
const fileSigma = Math.log((1.5 * 1024 * 1024) / fileMedian) / 1.645
const fileMax = 10 * 1024 * 1024

/** The mails, in an order that mixes their kinds. Every one has its own Message-ID, Date and From. */
export function loadMix({ mails, seed, attachments }: LoadMixOptions): LoadMail[] {
  const chance = seeded(seed)
  const bytes = randomBytes(chance, fileMax)
  const earlier: string[] = []
  return Array.from({ length: mails }, () => {
    const kind = kindFrom(chance)
    const answers = earlier.length > 0 && chance.fraction() < 2 / 3 ? chance.pick(earlier) : undefined
    const letter = newLetter(chance, kind === 'alternative' || kind === 'attachments' ? answers : undefined)
    earlier.push(letter.messageId)
    const files = kind === 'attachments' && attachments ? filesFrom(chance, bytes) : []
    return { kind, bytes: mailOf(chance, kind, letter, files) }
  })
}

function kindFrom(chance: Seeded): LoadKind {
  let left = chance.fraction() * 100
  for (const [kind, share] of shares) {
    left -= share
    if (left < 0) return kind
  }
  return 'plain'
}

function mailOf(chance: Seeded, kind: LoadKind, letter: Letter, files: readonly Buffer[]): Buffer {
  const body = kind === 'odd' ? odd(chance, letter) : bodies[kind](chance, letter, files)
  const head = headerBlock(chance, letter, body.fields)
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body.bytes])
}

function filesFrom(chance: Seeded, bytes: Buffer): Buffer[] {
  const count = chance.pick([1, 1, 1, 1, 1, 1, 1, 2, 2, 3])
  return Array.from({ length: count }, () => {
    const size = Math.min(Math.round(chance.logNormal(fileMedian, fileSigma)), fileMax)
    const from = chance.whole(0, fileMax - size)
    return bytes.subarray(from, from + size)
  })
}

function randomBytes(chance: Seeded, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(Math.floor(chance.fraction() * 2 ** 32), at)
  return bytes
}
