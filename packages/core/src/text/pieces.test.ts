import { expect, test } from 'vitest'
import { piecesOf } from './pieces.ts'

test('the pieces are the text, and no pair of surrogates is torn', () => {
  for (const text of ['', 'short', 'x'.repeat(200_000), `x${'😀'.repeat(100_000)}`, '😀'.repeat(100_000)]) {
    const pieces = [...piecesOf(text)]
    expect(pieces.join('')).toBe(text)
    expect(pieces.every((piece) => piece.isWellFormed() && piece.length <= 64 * 1024 + 1)).toBe(true)
  }
})
