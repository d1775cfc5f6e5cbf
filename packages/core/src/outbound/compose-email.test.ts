import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rfc822Id } from '../ids.ts'
import { referencesFor } from './compose-email.ts'

describe('references', () => {
  const id = fc
    .tuple(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '1'), minLength: 1, maxLength: 998 }), fc.nat())
    .map(([left, unique]) => `${left}.${unique}@x.example` as Rfc822Id)
  const octets = (ids: readonly string[]) => Buffer.byteLength(ids.map((one) => `<${one}>`).join(' '))
  const ids = (count: number, prefix = 'id') =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}@x.example` as Rfc822Id)

  test('never take more than 1500 octets, repeat nothing, and keep the order', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 30 }), fc.option(id), (references, messageId) => {
        const kept = referencesFor({ references, messageId, subject: '' })
        expect(octets(kept)).toBeLessThanOrEqual(1500)
        expect(new Set(kept).size).toBe(kept.length)
        const all = [...references, ...(messageId ? [messageId] : [])]
        const places = kept.map((one) => all.lastIndexOf(one))
        expect(places).toEqual(places.toSorted((a, b) => a - b))
      }),
    )
  })

  test('keep the root and the newest ten, the answered mail last', () => {
    const kept = referencesFor({ references: ids(50), messageId: 'last@x.example' as Rfc822Id, subject: '' })
    expect(kept).toEqual([...ids(1), ...ids(50).slice(-9), 'last@x.example'])
  })

  test('drop the older ones when they would grow too long', () => {
    const long = ids(9, 'x'.repeat(400))
    const kept = referencesFor({ references: long, messageId: 'last@x.example' as Rfc822Id, subject: '' })
    expect(kept).toEqual([long[0], ...long.slice(-2), 'last@x.example'])
  })

  test('are counted in octets, not in characters', () => {
    const wide = ids(3, 'é'.repeat(300))
    expect(octets(wide)).toBeGreaterThan(1500)
    expect(referencesFor({ references: wide, messageId: null, subject: '' })).toEqual([wide[0], wide[2]])
  })

  test('leave out an id too long for the field, not the thread with it', () => {
    const monster = `${'x'.repeat(1600)}@x.example` as Rfc822Id
    expect(referencesFor({ references: [monster, ...ids(2)], messageId: null, subject: '' })).toEqual(ids(2))
  })

  test('name an id that was repeated once, where it stood last', () => {
    const [a, b] = ids(2) as [Rfc822Id, Rfc822Id]
    expect(referencesFor({ references: [a, b, b], messageId: b, subject: '' })).toEqual([a, b])
  })

  test('are empty when nothing is answered', () => {
    expect(referencesFor(null)).toEqual([])
    expect(referencesFor({ references: [], messageId: null, subject: '' })).toEqual([])
  })
})
