import { expect, test } from 'vitest'
import { mayRetry, outboundStatuses } from './outbound-status.ts'

test('a person may ask again for what did not arrive for certain, never for what was sent or is on its way', () => {
  expect(outboundStatuses.filter(mayRetry)).toEqual(['retry', 'failed', 'uncertain', 'cancelled'])
})
