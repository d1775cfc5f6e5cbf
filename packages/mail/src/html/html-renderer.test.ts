import { afterEach, expect, test } from 'vitest'
import { createHtmlRenderer, defaultHtmlLimits, type HtmlRenderer } from './html-renderer.ts'

const opened: HtmlRenderer[] = []
function open(limits: Partial<typeof defaultHtmlLimits> = {}): HtmlRenderer {
  const renderer = createHtmlRenderer({ ...defaultHtmlLimits, renderMs: 60_000, waitMs: 60_000, ...limits })
  opened.push(renderer)
  return renderer
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((renderer) => renderer.close()))
})
const noCids = new Map<string, string>()

const htmlOf = async (rendered: ReturnType<HtmlRenderer['render']>) => {
  const answer = await rendered
  return typeof answer === 'string' ? answer : answer.html
}

test('mails are rendered in turn, each with its own pictures', async () => {
  const renderer = open()
  const mails = ['one', 'two', 'three'].map((cid) =>
    htmlOf(
      renderer.render({
        html: `<script>x</script><img src="cid:${cid}">`,
        cidUrls: new Map([['two', '/2']]),
      }),
    ),
  )
  expect(await Promise.all(mails)).toEqual(['<img />', '<img src="/2" />', '<img />'])
})

test('a mail that takes too long is given up, and the next one gets a new thread', async () => {
  const renderer = open({ renderMs: 2_000, maxLength: 40_000_000 })
  const endless = renderer.render({ html: '<b>x</b>'.repeat(5_000_000), cidUrls: noCids })
  const next = renderer.render({ html: '<b>x</b>', cidUrls: noCids })
  expect(await endless).toBe('too-costly')
  expect(await htmlOf(next)).toBe('<b>x</b>')
})

test('the process goes on while a mail is rendered', async () => {
  const renderer = open()
  let turns = 0
  const counting = setInterval(() => {
    turns += 1
  }, 1)
  await renderer.render({ html: '<b>x</b>'.repeat(60_000), cidUrls: noCids })
  clearInterval(counting)
  expect(turns).toBeGreaterThan(5)
})

test('who has waited too long, or asks a closed renderer, is told so', async () => {
  const renderer = open({ waitMs: -1 })
  expect(await renderer.render({ html: 'a', cidUrls: noCids })).toBe('busy')
  const closed = open()
  const cut = closed.render({ html: '<b>x</b>'.repeat(60_000), cidUrls: noCids })
  await closed.close()
  expect(await cut).toBe('busy')
  expect(await closed.render({ html: 'a', cidUrls: noCids })).toBe('busy')
})
