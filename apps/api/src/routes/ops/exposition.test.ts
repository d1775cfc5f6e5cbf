import { expect, test } from 'vitest'
import { expositionOf } from './exposition.ts'

test('a metric is told with its help, its type and its samples; labels are escaped', () => {
  const samples = [
    { labels: { folder: 'a "b" \\ c\nd' }, value: 2 },
    { labels: {}, value: 0.5 },
  ]
  expect(expositionOf([{ name: 'maildesk_x', help: 'How many.', type: 'gauge', samples }])).toBe(
    '# HELP maildesk_x How many.\n# TYPE maildesk_x gauge\nmaildesk_x{folder="a \\"b\\" \\\\ c\\nd"} 2\nmaildesk_x 0.5\n',
  )
})
